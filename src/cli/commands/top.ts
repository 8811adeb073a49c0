import { setTimeout } from 'node:timers/promises';
import type { Store } from '../../contract/store.ts';
import { LiveIndex } from '../../inspector/live-index.ts';
import { overviewOf } from '../../inspector/overview.ts';
import { StorageLook } from '../../inspector/storage-look.ts';
import type { AddCommand, Outcome, StoreCall } from '../call.ts';
import { CommandError } from '../command-error.ts';
import { examples } from '../examples.ts';
import { LiveScreen } from '../live-screen.ts';
import { type Top, topLines } from '../top-lines.ts';

interface Options {
  every?: number;
  once?: true;
}

const EVERY_MS = 1_000;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000 } as const;
const EVERY_MS_MIN = 100;
const EVERY_MS_MAX = 3_600_000;
/** Rows of each table. */
const ROWS_MAX = 10;
/** Milliseconds that one look waits to know which turns run. */
const TURNS_KNOWN_MS = 2_000;
const LOOK_MS = 20;

export const addTop: AddCommand = (program, runner) => {
  program
    .command('top')
    .summary('what goes on in the store, refreshed')
    .description(
      'Shows sessions, turns that run or were cut off, updates, the sessions with the most of them, and bytes, again and again until q or Ctrl-C. Elsewhere than on a terminal it prints a block for each look; with --json a line. Turns that wait are known to the process that runs them.',
    )
    .option('--every <span>', 'time between two looks: 500ms, 2s, 1m (default: 1s)', spanOf)
    .option('--once', 'look once, and end')
    .addHelpText(
      'after',
      examples(
        ['holdfast top', 'until q'],
        ['holdfast top --once', 'how is it now'],
        ['holdfast top --every 10s --json >> top.log', 'for a log'],
      ),
    )
    .action((options: Options, command) =>
      runner.withStore(command, 'existing', (call) => top(call, options)),
    );
};

async function top(call: StoreCall, { every = EVERY_MS, once }: Options): Promise<Outcome> {
  const { store, out, json, shell } = call;
  const index = new LiveIndex(store);
  const storage = new StorageLook(store);
  const screen = out.terminal && !json && !once ? new LiveScreen(shell) : undefined;
  const signal = screen ? AbortSignal.any([call.signal, screen.left]) : call.signal;
  try {
    await begun(index, storage, once === true);
    for (let look = 0; !signal.aborted; look++) {
      index.check();
      storage.refresh();
      const now = topOf(store, index, storage);
      if (json) await out.line(JSON.stringify(now));
      else if (screen) screen.show(topLines(now, out));
      else await out.lines([...(look > 0 ? [''] : []), ...topLines(now, out)]);
      if (once) return undefined;
      await paused(every, signal);
    }
  } finally {
    screen?.leave();
    await index.close();
  }
  call.signal.throwIfAborted();
  return undefined;
}

/** One look alone has to know everything; others fill in what comes later. */
async function begun(index: LiveIndex, storage: StorageLook, whole: boolean): Promise<void> {
  if (!whole) return await index.ready(Number.POSITIVE_INFINITY, EVERY_MS);
  await storage.asked();
  await index.ready(Number.POSITIVE_INFINITY, EVERY_MS_MAX);
  const { rows, turns } = index.table;
  const known = () => [...turns].every((key) => rows.get(key)?.turn?.status !== 'unknown');
  for (let ms = 0; ms < TURNS_KNOWN_MS && !known(); ms += LOOK_MS) await setTimeout(LOOK_MS);
}

function topOf(store: Store, index: LiveIndex, storage: StorageLook): Top {
  const { rows } = index.table;
  const turns = [...index.table.turns].flatMap((key) => {
    const turn = rows.get(key)?.turn;
    return turn === undefined ? [] : [{ key, turn }];
  });
  turns.sort((a, b) => a.turn.startedAt - b.turn.startedAt);
  const lanes = store.lanes().filter(({ waiting }) => waiting > 0);
  lanes.sort((a, b) => b.oldestWaitMs - a.oldestWaitMs);
  return {
    location: store.location,
    kind: store.kind,
    overview: overviewOf(store, index, storage.last, Date.now()),
    turns: turns.slice(0, ROWS_MAX),
    movers: index.rate.movers(ROWS_MAX),
    lanes: lanes.slice(0, ROWS_MAX),
  };
}

function spanOf(text: string): number {
  const [, count, unit] = /^(\d{1,7})(ms|s|m)$/.exec(text) ?? [];
  const ms = Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS];
  if (ms >= EVERY_MS_MIN && ms <= EVERY_MS_MAX) return ms;
  throw new CommandError('USAGE', `--every needs a time from 100ms to 60m, not "${text}".`, {
    remedy: 'For example: --every 2s',
  });
}

async function paused(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
