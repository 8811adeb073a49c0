import { figure } from '../../harness/figures.js';
import { startChild } from '../../harness/start-child.js';
import { median } from '../../harness/statistics.js';

const LEASE_MS = 2_000;

export const id = 'p4';
export const title = 'Turns: handed over between two processes, and taken over from a dead one';

export async function run(ctx) {
  const store = await ctx.store('holdfast-postgres', { sessions: 10 });
  const place = new URL(store.dir);
  place.searchParams.set('leaseMs', String(LEASE_MS));
  const options = { system: store.system, dir: place.href, key: 'agent:main:turns:direct:1' };
  const rounds = await ctx.interleave([
    ['hand-over', () => handOver(options, ctx.plan.measureMs)],
    ['takeover', () => takeover(options)],
  ]);
  const over = rounds.flatMap((round) => round['hand-over']);
  return {
    figures: [
      figure('a turn handed over between two processes, median', median(over), 'ms', { below: 10 }),
      figure(
        `a turn taken over from a killed process, its lease being ${LEASE_MS.toLocaleString('en')} ms`,
        Math.max(...rounds.map(({ takeover: ms }) => ms)),
        'ms',
        { below: LEASE_MS + 1_000 },
      ),
    ],
  };
}

/** Milliseconds between the end of a turn of one process and the beginning of the other's. */
async function handOver(options, ms) {
  const two = [startChild('hand-over', options), startChild('hand-over', options)];
  await Promise.all(two.map((child) => child.ready));
  for (const child of two) child.begin();
  await new Promise((resolve) => setTimeout(resolve, ms));
  for (const child of two) child.stop();
  const times = await Promise.all(two.map((child) => child.result));
  const turns = times.flatMap((list, process) => list.map((turn) => ({ ...turn, process })));
  turns.sort((a, b) => a.beganAt - b.beganAt);
  return turns.flatMap((turn, i) => {
    const before = turns[i - 1];
    if (!before || before.process === turn.process) return [];
    // The end of a turn is told when the server has said so; the next one may have begun by then.
    return [Math.max(0, turn.beganAt - before.beganAt)];
  });
}

/** Milliseconds from the death of the holder to the beginning of the next turn. */
async function takeover(options) {
  const holder = startChild('hand-over', { ...options, hold: true });
  await holder.ready;
  const next = startChild('hand-over', { ...options, hold: false });
  await next.ready;
  next.begin();
  const killedAt = performance.timeOrigin + performance.now();
  holder.kill('SIGKILL');
  // It dies before it has a result, and that is what is wanted.
  await holder.result.catch(() => undefined);
  const [turn] = await next.result;
  return turn.beganAt - killedAt;
}
