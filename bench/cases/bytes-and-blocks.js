import { figure } from '../harness/figures.js';
import { median } from '../harness/statistics.js';

const SYSTEMS = ['holdfast', 'sqlite-normal', 'lmdb', 'one-json-file', 'file-per-session'];
const STALL = { stallMs: 200, updates: 12 };

export const id = '8';
export const title = 'Bytes written, and how long the event loop is held';

export async function run(ctx) {
  const rounds = ctx.updateRounds ?? (await updateRounds(ctx));
  const bytes = (system) =>
    median(rounds.map((r) => (r[system].written?.calls ?? Number.NaN) / r[system].calls));
  const stalled = await ctx.store('holdfast', { sessions: 100, name: 'stalled' });
  const { system, dir } = stalled;
  ctx.note('a disk that stalls');
  const { held } = await ctx.child('stalled-disk', { system, dir, ...STALL });
  // Last, so that every case of this run has told its longest block.
  const [worst, block] = [...ctx.blocks].sort((a, b) => b[1] - a[1])[0];
  return {
    figures: [
      figure(
        'bytes written for an update that changes 5 fields of 1 KB',
        bytes('holdfast'),
        'bytes',
        { below: 500 },
      ),
      figure(
        'longest block of the event loop in all cases',
        block,
        'ms',
        { below: 50 },
        `case ${worst}`,
      ),
      figure(
        `times the loop was held by a disk whose writes stall for ${STALL.stallMs} ms (${STALL.updates} updates)`,
        held.length,
        'times',
        { most: 2 },
      ),
    ],
    tables: [
      {
        title: 'bytes handed to the system for one update',
        lines: SYSTEMS.map((name) => ({
          system: name,
          bytes: bytes(name),
          blockMs: Math.max(...rounds.map((round) => round[name].blockMs)),
        })),
      },
      {
        title: 'longest block of our event loop, by case',
        lines: [...ctx.blocks].map(([name, ms]) => ({ title: `case ${name}`, blockMs: ms })),
      },
    ],
  };
}

/** What case 1 measures too, when this case runs without it. */
async function updateRounds(ctx) {
  const stores = {};
  for (const system of SYSTEMS) stores[system] = await ctx.store(system, { sessions: 1_000 });
  return ctx.interleave(
    SYSTEMS.map((system) => [system, () => ctx.load(stores[system])]),
    3,
  );
}
