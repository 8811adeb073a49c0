import { costUs, figure, perSecond, systemLine } from '../harness/figures.js';
import { ratioOf } from '../harness/statistics.js';

const ALL = [
  'holdfast',
  'holdfast-few-files',
  'sqlite-normal',
  'lmdb',
  'lmdb-writemap',
  'one-json-file',
  'file-per-session',
  'raw-append',
  'raw-replace',
  'empty-loop',
];
const QUICKEST = ['holdfast', 'sqlite-normal', 'lmdb'];

export const id = '1';
export const title = 'Update of one session, 1,000 sessions of 1 KB, one process';

export async function run(ctx) {
  const stores = {};
  for (const system of ALL) stores[system] = await ctx.store(system, { sessions: 1_000 });
  const entries = [
    ...ALL.map((system) => [system, () => ctx.load(stores[system])]),
    ...QUICKEST.map((system) => [
      `${system} uniform`,
      () => ctx.load(stores[system], { pick: 'uniform' }),
    ]),
  ];
  const rounds = await ctx.interleave(entries);
  ctx.updateRounds = rounds;
  const lines = [];
  for (const system of ALL) {
    const lost = await ctx.lost(stores[system]);
    lines.push(systemLine(system, column(rounds, system), lost));
  }
  const uniform = QUICKEST.map((system) => systemLine(system, column(rounds, `${system} uniform`)));
  return {
    figures: figuresOf(rounds),
    tables: [
      {
        title: 'five calls in a row on each session picked',
        chart: 'one process, 1,000 sessions of 1 KB',
        lines,
      },
      { title: 'uniform: every call another session', lines: uniform },
    ],
  };
}

function figuresOf(rounds) {
  const speed = (above, below) =>
    ratioOf(
      rounds,
      (r) => perSecond(r[above]),
      (r) => perSecond(r[below]),
    );
  // The floor is near the cost of the loop that measures it, so that is taken off on both sides.
  const own = (name) => (r) => costUs(r[name]) - costUs(r['empty-loop']);
  return [
    figure(
      'updates a second against better-sqlite3 NORMAL',
      speed('holdfast', 'sqlite-normal'),
      'x',
      { least: 3 },
    ),
    figure('updates a second against lmdb noSync', speed('holdfast', 'lmdb'), 'x', { least: 1.3 }),
    figure(
      'cost against a raw append of 300 bytes',
      ratioOf(rounds, own('holdfast'), own('raw-append')),
      'x',
      { most: 6 },
    ),
    figure(
      'updates a second against lmdb noSync with useWritemap',
      speed('holdfast', 'lmdb-writemap'),
      'x',
    ),
    figure(
      'uniform: against better-sqlite3 NORMAL',
      speed('holdfast uniform', 'sqlite-normal uniform'),
      'x',
    ),
    figure('uniform: against lmdb noSync', speed('holdfast uniform', 'lmdb uniform'), 'x'),
  ];
}

const column = (rounds, name) => rounds.map((round) => round[name]);
