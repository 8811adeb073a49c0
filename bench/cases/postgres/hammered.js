import { figure, partUs, systemLine } from '../../harness/figures.js';
import { settleDisk, startChild } from '../../harness/start-child.js';
import { ratioOf } from '../../harness/statistics.js';

const SESSIONS = 1_000;
const PROCESSES = 4;
const CLIENTS = 8;
const ALONE = 'alone';
const HAMMERED = '32 clients hammer another session';
const ELSEWHERE = '32 clients hammer a session of another store (the server alone)';

export const id = 'p2';
export const title = 'Alone against disturbed: p99 of updates of 999 sessions, one process';

export async function run(ctx) {
  const store = await ctx.store('holdfast-postgres', { sessions: SESSIONS });
  const other = await ctx.store('holdfast-postgres', { sessions: SESSIONS, name: 'elsewhere' });
  const load = () => ctx.load(store, { among: SESSIONS - 1, call: 'patch' });
  const rounds = await ctx.interleave([
    [ALONE, load],
    [HAMMERED, () => beside(store, load)],
    [ELSEWHERE, () => beside(other, load)],
  ]);
  const p99 = (name) => (round) => partUs(round[name], 0.99);
  return {
    figures: [
      figure(HAMMERED, ratioOf(rounds, p99(HAMMERED), p99(ALONE)), 'x', { most: 1.5 }),
      figure(ELSEWHERE, ratioOf(rounds, p99(ELSEWHERE), p99(ALONE)), 'x'),
    ],
    tables: [
      {
        title: 'alone and disturbed',
        lines: [ALONE, HAMMERED, ELSEWHERE].map((name) =>
          systemLine(
            'holdfast-postgres',
            rounds.map((round) => round[name]),
            undefined,
            name,
          ),
        ),
      },
    ],
  };
}

async function beside({ system, dir, sessions }, load) {
  const options = { system, dir, sessions, clients: CLIENTS };
  const children = Array.from({ length: PROCESSES }, () => startChild('hammer-sessions', options));
  await Promise.all(children.map((child) => child.ready));
  await settleDisk();
  for (const child of children) child.begin();
  const result = await load();
  for (const child of children) child.stop();
  await Promise.all(children.map((child) => child.result));
  return result;
}
