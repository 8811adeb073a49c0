import { figure, perSecond, systemLine } from '../harness/figures.js';
import { ratioOf } from '../harness/statistics.js';

const SYSTEMS = ['holdfast', 'holdfast-mirror'];

export const id = '10';
export const title = 'With a mirror for OpenClaw: updates, 1,000 sessions of 1 KB, one process';

/** So long that the mirror is written twice within it. */
const MEASURE_MS = 11_000;
const ROUNDS = 3;

export async function run(ctx) {
  const stores = {};
  for (const system of SYSTEMS) {
    stores[system] = await ctx.store(system, { sessions: 1_000, name: 'mirror' });
  }
  const rounds = await ctx.interleave(
    SYSTEMS.map((system) => [system, () => ctx.load(stores[system], { measureMs: MEASURE_MS })]),
    ROUNDS,
  );
  const lines = [];
  for (const system of SYSTEMS) {
    const results = rounds.map((round) => round[system]);
    lines.push(systemLine(system, results, await ctx.lost(stores[system])));
  }
  const speed = ratioOf(
    rounds,
    (r) => perSecond(r['holdfast-mirror']),
    (r) => perSecond(r.holdfast),
  );
  const block = Math.max(...rounds.map((round) => round['holdfast-mirror'].blockMs));
  return {
    figures: [
      figure('updates a second with the mirror against without', speed, 'x', { least: 0.9 }),
      figure('longest block of the event loop with the mirror', block, 'ms'),
    ],
    tables: [
      {
        title: 'five calls in a row, all sessions change between two looks',
        chart: 'with a mirror, 1,000 sessions of 1 KB',
        lines,
      },
    ],
  };
}
