import { figure, partUs, systemLine } from '../harness/figures.js';
import { canPin, settleDisk, startChild } from '../harness/start-child.js';
import { ratioOf } from '../harness/statistics.js';
import { hammer, inTurn, removedElsewhere, removedHere, stoppedInTurn } from './disturbances.js';

const SESSIONS = 1_000;
/** A removal is over soon; a window much longer than it would not show it. */
const REMOVAL_WINDOW_MS = 400;
const ALONE = 'alone';
const ALONE_SHORT = `alone, ${REMOVAL_WINDOW_MS} ms`;

export const id = '4';
export const title = 'Alone against disturbed: p99 of updates of 999 sessions, one process';

/** What happens to the 1,000th session meanwhile. */
const DISTURBANCES = [
  { name: 'a turn of another session in another process', begin: inTurn },
  { name: 'four processes hammer another session', begin: hammer },
  {
    name: 'four processes hammer a session of another store (the machine alone)',
    begin: async (ctx) => hammer(ctx, await elsewhere(ctx)),
    forInformation: true,
  },
  { name: 'a 200 MB transcript removed by the same process', begin: removedHere, short: true },
  { name: 'a 200 MB transcript removed by another process', begin: removedElsewhere, short: true },
  { name: 'a process stopped (SIGSTOP) inside a turn of another session', begin: stoppedInTurn },
];

const elsewhere = (ctx) => ctx.store('holdfast', { sessions: SESSIONS, name: 'elsewhere' });

export async function run(ctx) {
  const store = await ctx.store('holdfast', { sessions: SESSIONS });
  await elsewhere(ctx);
  const options = (short) => ({
    among: SESSIONS - 1,
    ...(short && { measureMs: REMOVAL_WINDOW_MS }),
  });
  const rounds = await ctx.interleave([
    [ALONE, () => ctx.load(store, options(false), { pin: 'measured' })],
    [ALONE_SHORT, () => ctx.load(store, options(true), { pin: 'measured' })],
    ...DISTURBANCES.map(({ name, begin, short }) => [
      name,
      () => disturbed(ctx, store, begin, options(short)),
    ]),
  ]);
  const lost = await ctx.lost(store);
  const p99 = (name) => (round) => partUs(round[name], 0.99);
  const places = canPin ? 'the measured process has a processor of its own' : undefined;
  return {
    figures: DISTURBANCES.map(({ name, short, forInformation }) => {
      const ratio = ratioOf(rounds, p99(name), p99(short ? ALONE_SHORT : ALONE));
      return figure(name, ratio, 'x', forInformation ? undefined : { most: 1.5 }, places);
    }),
    tables: [
      {
        title: 'alone and disturbed',
        lines: [ALONE, ALONE_SHORT, ...DISTURBANCES.map(({ name }) => name)].map((name) =>
          systemLine(
            'holdfast',
            rounds.map((round) => round[name]),
            lost,
            name,
          ),
        ),
      },
    ],
  };
}

async function disturbed(ctx, store, begin, options) {
  const { more, start, end } = await begin(ctx, store);
  await settleDisk();
  const load = ctx.loadOptions(store, { ...options, ...more });
  const child = startChild('load', load, { pin: 'measured' });
  await child.ready;
  start?.();
  child.begin();
  const result = await child.result;
  await end?.();
  return ctx.account(store, result);
}
