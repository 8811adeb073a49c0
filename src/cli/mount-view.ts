import type { MountCheck, MountReport } from '../mount/index.ts';
import { byteSize } from './byte-size.ts';
import type { Call } from './call.ts';
import { columnLines } from './columns.ts';
import { safeLine } from './safe-text.ts';

/** What a mount gives, as people read it. */
export async function printMount({ out }: Call, report: MountReport): Promise<void> {
  const { dim, green, red, yellow } = out.colors;
  const { directory, type, freeBytes, freeFiles, checks } = report;
  const room = freeFiles === undefined ? '' : `, ${freeFiles.toLocaleString('en')} files`;
  await out.line(
    `${safeLine(directory)} ${dim(`(${safeLine(type)})`)}, ${byteSize(freeBytes)}${room} free`,
  );
  const colour = ({ outcome, neededBy }: MountCheck) => {
    if (outcome === 'no' && neededBy === 'nobody') return dim;
    return { yes: green, no: red, unknown: yellow }[outcome];
  };
  const rows = checks.map(({ outcome, what, detail }) => [outcome, what, safeLine(detail)]);
  const paint = (cell: string, row: number) => `  ${colour(checks[row] as MountCheck)(cell)}`;
  const columns = [{ paint }, {}, { paint: dim }];
  await out.lines(columnLines(columns, rows, out.width - 2));
  await out.line(verdict(report));
}

function verdict({ store, power }: MountReport): string {
  if (!store)
    return 'No store can be here. Use a directory on a local disk, or PostgreSQL for a shared store.';
  return power
    ? 'A store can be here, with any durability.'
    : "A store can be here; durability 'power' can not be kept.";
}
