import { figure, perSecond, systemLine, together } from '../harness/figures.js';
import { ratioOf } from '../harness/statistics.js';

const SYSTEMS = ['holdfast', 'sqlite-normal', 'lmdb', 'one-json-file', 'file-per-session'];
const PROCESSES = 4;

export const id = '2';
export const title = 'The same from 4 processes';

export async function run(ctx) {
  const stores = {};
  for (const system of SYSTEMS) stores[system] = await ctx.store(system, { sessions: 1_000 });
  const rounds = await ctx.interleave(
    SYSTEMS.map((system) => [
      system,
      async () => together(await ctx.loadTogether(stores[system], PROCESSES)),
    ]),
  );
  const lines = [];
  for (const system of SYSTEMS) {
    const results = rounds.map((round) => round[system]);
    lines.push(systemLine(system, results, await ctx.lost(stores[system])));
  }
  const speed = (below) =>
    ratioOf(
      rounds,
      (r) => perSecond(r.holdfast),
      (r) => perSecond(r[below]),
    );
  return {
    figures: [
      figure('updates a second against better-sqlite3 NORMAL', speed('sqlite-normal'), 'x', {
        least: 6,
      }),
      figure('updates a second against lmdb noSync', speed('lmdb'), 'x'),
    ],
    tables: [{ title: '4 processes at once', chart: '4 processes, 1,000 sessions of 1 KB', lines }],
  };
}
