import type { AdoptReport } from '../openclaw/index.ts';
import { columnLines } from './columns.ts';
import type { Output } from './output.ts';
import { counted } from './problem-lines.ts';
import { safeLine } from './safe-text.ts';

const number = (value: number) => value.toLocaleString('en');

/** What an adoption did, or would do, for people. */
export function adoptReportLines(
  report: AdoptReport,
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string[] {
  const { dim, red, yellow } = colors;
  const right = { align: 'right' } as const;
  const rows = report.stores.map((store) => [
    safeLine(store.agentId),
    ...[
      store.entries,
      store.adopted,
      store.known,
      store.repaired,
      store.refused,
      store.archives,
      store.recovered,
      store.orphans,
    ].map(number),
  ]);
  const titles = ['ENTRIES', 'ADOPTED', 'KNOWN', 'REPAIRED', 'REFUSED', 'ARCHIVES', 'RECOVERED'];
  const columns = [
    { title: 'AGENT' },
    ...[...titles, 'ORPHANS'].map((title) => ({ title, ...right })),
  ];
  const problems = [
    ...report.stores
      .filter(({ unreadable }) => unreadable !== undefined)
      .map(({ path, unreadable }) => [red('unreadable'), path, unreadable]),
    ...report.refused.map(({ key, path, reason }) => [red('refused'), `${key} in ${path}`, reason]),
    ...report.notices.map(({ key, path, reason }) => {
      const where = [key, path].filter((part) => part !== undefined).join(' in ');
      return [yellow('notice'), where, reason];
    }),
  ].map(([what, where = '', why = '']) => `${what}  ${safeLine(where)}: ${safeLine(why)}`);
  const table = rows.length > 0 ? [...columnLines(columns, rows, width, dim), ''] : [];
  return [...table, ...problems, ...(problems.length > 0 ? [''] : []), summary(report)];
}

function summary({ dryRun, adopted, known, recovered }: AdoptReport): string {
  const verb = dryRun ? 'Would adopt' : 'Adopted';
  const before = known > 0 ? `, ${number(known)} known before` : '';
  const loose = recovered > 0 ? `, recovered ${number(recovered)} from loose transcripts` : '';
  const nothing = dryRun ? ' Nothing was written.' : '';
  return `${verb} ${counted(adopted, 'session')}${before}${loose}.${nothing}`;
}
