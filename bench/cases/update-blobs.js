import { figure, perSecond, systemLine } from '../harness/figures.js';
import { ratioOf } from '../harness/statistics.js';

const SYSTEMS = ['holdfast', 'sqlite-normal', 'lmdb', 'one-json-file', 'file-per-session'];

export const id = '2b';
export const title =
  'Update, 240 sessions of 60 KB (the same skills list and prompt report in all), one process';

export async function run(ctx) {
  const stores = {};
  for (const system of SYSTEMS)
    stores[system] = await ctx.store(system, { sessions: 240, fat: true });
  const rounds = await ctx.interleave(
    SYSTEMS.map((system) => [system, () => ctx.load(stores[system])]),
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
        least: 30,
      }),
      figure('updates a second against lmdb noSync', speed('lmdb'), 'x'),
    ],
    tables: [{ title: 'five calls in a row', chart: 'one process, 240 sessions of 60 KB', lines }],
  };
}
