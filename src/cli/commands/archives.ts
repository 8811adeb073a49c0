import type { Archive } from '../../model/state.ts';
import { ageOf, timeOf } from '../age.ts';
import { byteSize } from '../byte-size.ts';
import type { AddCommand, StoreCall } from '../call.ts';
import { columnLines } from '../columns.ts';
import { examples } from '../examples.ts';
import { resolveKey } from '../resolve-key.ts';
import { safeLine } from '../safe-text.ts';

export const addArchives: AddCommand = (program, runner) => {
  program
    .command('archives')
    .summary('list former conversations of a session')
    .description('Lists the archived conversations of a session, newest first.')
    .argument('<key>', 'the session key, or a part of it')
    .addHelpText(
      'after',
      examples(
        ['holdfast archives c024', 'session id, age, reason and size of each'],
        ['holdfast tail c024 --session-id 0199c5', 'read one of them'],
        ['holdfast restore c024 0199c5', 'make it the active one again'],
      ),
    )
    .action((given: string, _options, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const key = await resolveKey(call.store, given, 'look');
        const archives = await call.store.session(key).archives();
        if (call.json) await call.out.document(archives);
        else await print(call, archives);
        if (archives.length > 0) return undefined;
        call.note(`${safeLine(key)} has no archived conversation.`);
        return 1;
      }),
    );
};

async function print({ out, now }: StoreCall, archives: readonly Archive[]): Promise<void> {
  if (archives.length === 0) return;
  const lines = columnLines(
    [
      { title: 'SESSION ID' },
      { title: 'ARCHIVED', align: 'right' },
      { title: 'BEGAN' },
      { title: 'SIZE', align: 'right' },
      { title: 'REASON', shrink: { to: 6, cut: 'end', rank: 1 } },
    ],
    archives.map(({ sessionId, archivedAt, createdAt, bytes, reason }) => [
      safeLine(sessionId),
      ageOf(archivedAt, now),
      timeOf(createdAt),
      byteSize(bytes),
      safeLine(reason),
    ]),
    out.width,
    out.colors.dim,
  );
  await out.lines(lines);
}
