import type { ReleaseReport } from '../openclaw/index.ts';
import type { Call } from './call.ts';
import { columnLines } from './columns.ts';
import { safeLine } from './safe-text.ts';

/** A release or an export for people: a row for each agent, then what is not carried over, and why. */
export async function printReleaseReport({ out }: Call, report: ReleaseReport): Promise<void> {
  const { dim, red, yellow } = out.colors;
  const right = { align: 'right' } as const;
  const columns = [
    { title: 'AGENT' },
    { title: 'SESSIONS', ...right },
    { title: 'ARCHIVES', ...right },
    { title: 'TRANSCRIPTS', ...right },
    { title: 'CARRIED', ...right },
    { title: 'REMOVED', ...right },
  ];
  const rows = report.stores.map((store) => [
    safeLine(store.agentId),
    ...[store.sessions, store.archives, store.transcripts, store.carried, store.removed].map(
      (value) => value.toLocaleString('en'),
    ),
  ]);
  if (rows.length > 0) await out.lines([...columnLines(columns, rows, out.width, dim), '']);
  const told = [
    ...report.leftOut.map((each) => ({ what: red('left out'), ...each })),
    ...report.notices.map((each) => ({ what: yellow('notice'), ...each })),
  ].map(({ what, key, path, reason }) => {
    const where = [key, path].filter((part) => part !== undefined).join(' in ');
    return `${what}  ${where === '' ? '' : `${safeLine(where)}: `}${safeLine(reason)}`;
  });
  if (told.length > 0) await out.lines([...told, '']);
}
