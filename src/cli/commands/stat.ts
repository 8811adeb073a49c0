import type { StoreFigures } from '../../contract/reports.ts';
import { byteSize } from '../byte-size.ts';
import type { AddCommand, StoreCall } from '../call.ts';
import { columnLines } from '../columns.ts';
import { examples } from '../examples.ts';
import { safeLine } from '../safe-text.ts';

export const addStat: AddCommand = (program, runner) => {
  program
    .command('stat')
    .summary('counts, bytes, biggest sessions')
    .description(
      'Counts and bytes of the whole store, its blobs and journals, and its biggest sessions.',
    )
    .addHelpText(
      'after',
      examples(
        ['holdfast stat', 'how large is it'],
        ["holdfast stat --json | jq '.bytes.transcripts'", 'one figure for a script'],
      ),
    )
    .action((_options, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const { location, kind } = call.store;
        const figures = await call.store.figures();
        if (call.json) await call.out.document({ location, kind, ...figures });
        else await print(call, figures);
        return undefined;
      }),
    );
};

async function print({ store, out }: StoreCall, figures: StoreFigures): Promise<void> {
  const { dim } = out.colors;
  const { bytes, blobs, journals, biggest } = figures;
  const number = (value: number) => value.toLocaleString('en');
  const total = Object.values(bytes).reduce((sum, each) => sum + each, 0);
  await out.line(`${safeLine(store.location)} ${dim(`(${store.kind})`)}`);
  const rows = [
    ['sessions', number(figures.sessions), byteSize(bytes.metadata), 'metadata'],
    ['transcripts', '', byteSize(bytes.transcripts), ''],
    ['archives', number(figures.archives), byteSize(bytes.archives), ''],
    ['blobs', number(blobs.count), byteSize(bytes.blobs), `${number(blobs.references)} references`],
    ['journals', number(journals.count), byteSize(bytes.journals), 'a cache'],
    ['turns', number(figures.turns), '', ''],
    ['total', '', byteSize(total), ''],
  ];
  const right = { align: 'right' } as const;
  const columns = [{ paint: (cell: string) => `  ${cell}` }, right, right, { paint: dim }];
  await out.lines(columnLines(columns, rows, out.width - 2));
  if (biggest.length === 0) return;
  await out.line();
  await out.line(dim('biggest sessions'));
  const largest = biggest.map((each) => [byteSize(each.bytes), safeLine(each.key)]);
  const aligned = { ...right, paint: (cell: string) => `  ${cell}` };
  const key = { shrink: { to: 20, cut: 'start' as const, rank: 1 } };
  await out.lines(columnLines([aligned, key], largest, out.width - 2));
}
