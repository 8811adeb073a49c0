import type { ListOptions } from '../../contract/store.ts';
import { ageOf, momentOf } from '../age.ts';
import { type AddCommand, type Outcome, type StoreCall, wholeNumber } from '../call.ts';
import { columnLines } from '../columns.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { type Row, rowOf, turnText } from '../rows.ts';
import { safeLine } from '../safe-text.ts';

interface LsOptions {
  agent?: string;
  channel?: string;
  since?: string;
  before?: string;
  sort: string;
  limit?: number;
}

export const addLs: AddCommand = (program, runner) => {
  program
    .command('ls')
    .summary('list sessions')
    .description('Lists sessions, newest first: key, channel, label, age of the last change, turn.')
    .option('--agent <id>', 'only of this agent')
    .option('--channel <name>', 'only of this channel')
    .option('--since <time>', 'only changed since: 2h, 3d, or a date')
    .option('--before <time>', 'only changed before: 2h, 3d, or a date')
    .option('--sort <order>', 'updated (newest first) or key', 'updated')
    .option('--limit <n>', 'at most so many', wholeNumber('--limit', 1))
    .addHelpText(
      'after',
      examples(
        ['holdfast ls', 'all sessions, newest first'],
        ['holdfast ls --channel slack --since 2h', 'of Slack, changed in the last two hours'],
        ['holdfast ls --before 30d --sort key', 'not changed for thirty days'],
        ["holdfast ls --json | jq -r '.[].key'", 'keys for a script'],
      ),
    )
    .action((options: LsOptions, command) =>
      runner.withStore(command, 'existing', (call) => list(call, options)),
    );
};

async function list(call: StoreCall, options: LsOptions): Promise<Outcome> {
  const rows: Row[] = [];
  for await (const summary of call.store.list(listOptions(options, call.now))) {
    rows.push(await rowOf(call.store, summary));
  }
  if (call.json) await call.out.document(rows);
  else await print(call, rows);
  if (rows.length > 0) return undefined;
  call.note('No session fits.');
  return 1;
}

function listOptions(options: LsOptions, now: number): ListOptions {
  const { agent, channel, since, before, sort, limit } = options;
  if (sort !== 'updated' && sort !== 'key') {
    throw new CommandError('USAGE', `--sort does not know "${sort}".`, {
      remedy: 'Use --sort updated or --sort key.',
    });
  }
  return {
    order: sort,
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(channel === undefined ? {} : { channel }),
    ...(since === undefined ? {} : { updatedAfter: momentOf(since, now) }),
    ...(before === undefined ? {} : { updatedBefore: momentOf(before, now) }),
    ...(limit === undefined ? {} : { limit }),
  };
}

async function print({ out, now }: StoreCall, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  const { dim, yellow, red } = out.colors;
  const ofTurn = (cell: string, row: number) =>
    rows[row]?.turn?.status === 'running' ? yellow(cell) : red(cell);
  const lines = columnLines(
    [
      { title: 'KEY', shrink: { to: 20, cut: 'start', rank: 3 } },
      { title: 'CHANNEL', shrink: { to: 8, cut: 'end', rank: 2 } },
      { title: 'LABEL', shrink: { to: 6, cut: 'end', rank: 1 } },
      { title: 'UPDATED', align: 'right' },
      { title: 'REV', align: 'right' },
      { title: 'TURN', shrink: { to: 5, cut: 'end', rank: 4 }, paint: ofTurn },
    ],
    rows.map((row) => [
      safeLine(row.key),
      safeLine(row.channel ?? ''),
      safeLine(row.label ?? ''),
      ageOf(row.updatedAt, now),
      String(row.rev),
      row.turn === undefined ? '' : turnText(row.turn, now),
    ]),
    out.width,
    dim,
  );
  await out.lines(lines);
}
