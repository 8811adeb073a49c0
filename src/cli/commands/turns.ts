import type { Command } from 'commander';
import { spanOf } from '../age.ts';
import {
  type AddCommand,
  type Outcome,
  type Runner,
  type StoreCall,
  wholeNumber,
} from '../call.ts';
import { columnLines } from '../columns.ts';
import { examples } from '../examples.ts';
import { resolveKey } from '../resolve-key.ts';
import { holderText, type Row, type RowTurn, rowOf } from '../rows.ts';
import { safeLine } from '../safe-text.ts';

type TurnRow = Row & { turn: RowTurn };

interface InterruptOptions {
  grace?: number;
  reason?: string;
}

export const addTurns: AddCommand = (program, runner) => {
  const turns = program
    .command('turns')
    .summary('who runs a turn where, since when')
    .description(
      'Lists the turns that run now, or were cut off by a crash and not followed by another.',
    )
    .addHelpText(
      'after',
      examples(
        ['holdfast turns', 'who holds what since when'],
        ['holdfast turns interrupt c024 --grace 2000', 'ask one to stop; end it after two seconds'],
        ['holdfast turns --json', 'for a script; exits with 1 when there is none'],
      ),
    )
    .action((_options, command) => runner.withStore(command, 'existing', list));
  addInterrupt(turns, runner);
};

function addInterrupt(turns: Command, runner: Runner): void {
  turns
    .command('interrupt')
    .summary('ask a running turn to stop')
    .description(
      'Asks the running turn of a session to stop, in whichever process it runs. What has not ended ' +
        'after the grace can write nothing more. Returns when the turn has ended or is lost.',
    )
    .argument('<key>', 'the session key, or a part of it')
    .option(
      '--grace <ms>',
      'milliseconds to end in order (default: 5000)',
      wholeNumber('--grace', 0),
    )
    .option('--reason <text>', 'told to the turn')
    .addHelpText(
      'after',
      examples(['holdfast turns interrupt c024', 'five seconds to end in order']),
    )
    .action((given: string, { grace, reason }: InterruptOptions, command) =>
      runner.withStore(command, 'existing', async (call) => {
        const key = await resolveKey(call.store, given, 'change');
        const interrupted = await call.store.session(key).interrupt({
          ...(grace === undefined ? {} : { graceMs: grace }),
          ...(reason === undefined ? {} : { reason }),
        });
        if (call.json) await call.out.document({ key, interrupted });
        else if (interrupted && call.verbose) await call.out.line(`${safeLine(key)}  turn ended`);
        if (interrupted) return undefined;
        call.note(`No turn runs in ${safeLine(key)}.`);
        return 1;
      }),
    );
}

async function list(call: StoreCall): Promise<Outcome> {
  const rows: TurnRow[] = [];
  for await (const summary of call.store.list({ order: 'key' })) {
    if (summary.turn === undefined) continue;
    const row = await rowOf(call.store, summary);
    if (row.turn !== undefined) rows.push({ ...row, turn: row.turn });
  }
  rows.sort((a, b) => a.turn.startedAt - b.turn.startedAt);
  if (call.json) await call.out.document(rows.map(({ key, turn }) => ({ key, turn })));
  else await print(call, rows);
  if (rows.length > 0) return undefined;
  call.note('No turn runs.');
  return 1;
}

async function print({ out, now }: StoreCall, rows: readonly TurnRow[]): Promise<void> {
  if (rows.length === 0) return;
  const { dim, red, yellow } = out.colors;
  const paint = (cell: string, row: number) =>
    rows[row]?.turn.status === 'running' ? yellow(cell) : red(cell);
  const lines = columnLines(
    [
      { title: 'KEY', shrink: { to: 20, cut: 'start', rank: 3 } },
      { title: 'SINCE', align: 'right' },
      { title: 'STATE', shrink: { to: 7, cut: 'end', rank: 2 }, paint },
      { title: 'LABEL', shrink: { to: 5, cut: 'end', rank: 1 } },
      { title: 'FENCE', align: 'right' },
      { title: 'HOLDER', shrink: { to: 8, cut: 'end', rank: 4 } },
    ],
    rows.map(({ key, turn }) => [
      safeLine(key),
      spanOf(now - turn.startedAt),
      stateText(turn, now),
      safeLine(turn.label ?? ''),
      String(turn.fence),
      holderText(turn.holder),
    ]),
    out.width,
    dim,
  );
  await out.lines(lines);
}

function stateText(turn: RowTurn, now: number): string {
  if (turn.status === 'cut-off') return 'cut off';
  if (turn.status === 'unknown') return 'unknown';
  if (turn.interrupted === undefined) return 'running';
  return `stopping ${spanOf(now - turn.interrupted.at)}`;
}
