import { rmSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PostgresServer } from '../../scripts/postgres-server.js';
import { openStore } from '../../src/index.ts';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { isLong, minutes, size } from '../frame/size.ts';
import { checkHistory } from './linearizable.ts';
import { type Disturbance, type Place, recordHistory } from './record-history.ts';

const CALLS = size(2_000, 200_000);
const SECONDS_MAX = size(15, 3_600);
const ROUND: Disturbance = {
  processes: 4,
  calls: size(2_200, 8_000),
  sessions: 8,
  kills: size(3, 8),
  stops: size(2, 6),
  stopMsMax: size(300, 2_000),
  restarts: size(2, 4),
};

let program: BuiltChild;
let server: PostgresServer;
beforeAll(async () => {
  program = await buildChild(new URL('programs/historian.ts', import.meta.url));
  server = await PostgresServer.start();
});
afterAll(async () => {
  program.remove();
  await server.stop();
});

/** Sessions in a schema of the server. Each process is known there by its name. */
function placeOf(schema: string): Place {
  return {
    location: (process) =>
      `${server.url}?schema=${schema}&connections=4&application_name=${process}`,
    async settled(process) {
      while ((await connectionsOf(process)) !== 0) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async restart() {
      await server.kill('SIGKILL');
      await server.restart();
    },
  };
}

/** How many a process still has at the server; nothing while the server is away. */
async function connectionsOf(process: string): Promise<number | undefined> {
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const text = 'select count(*) from pg_stat_activity where application_name = $1';
    const { rows } = await client.query(text, [process]);
    return Number(rows[0].count);
  } catch {
    return undefined;
  } finally {
    // The server may be down, and then there is nothing to end.
    await client.end().catch(() => undefined);
  }
}

/** One history of each session; what was found wrong. */
async function oneRound(seed: number) {
  const place = placeOf(`h${seed}`);
  const store = await openStore(place.location('first'));
  const recorded = await recordHistory(program.path, seed, ROUND, place);
  const problems = [...recorded.problems];
  for (const [key, history] of recorded.histories) {
    const verdict = checkHistory(history);
    if (verdict.linearizable === undefined) problems.push(`${key}: nobody knows`);
    if (verdict.linearizable === false) problems.push(`${key}: ${JSON.stringify(verdict.stuck)}`);
  }
  const { problems: damage } = await store.verify();
  await store.close();
  problems.push(
    ...damage.filter(({ severity }) => severity === 'damage').map((one) => one.message),
  );
  if (problems.length === 0) rmSync(recorded.directory, { recursive: true, force: true });
  return { ...recorded, problems };
}

describe('histories of four processes on PostgreSQL', () => {
  it(
    'C.19 postgres: are linearizable in every session, with processes killed and stopped, clocks that jump and a server that crashes',
    async () => {
      const { seed, chance } = beginRun('histories', 'four processes on PostgreSQL');
      const began = performance.now();
      const all = { calls: 0, kills: 0, stops: 0, restarts: 0 };
      const seconds = () => (performance.now() - began) / 1_000;
      while (all.calls < CALLS && seconds() < SECONDS_MAX) {
        const { problems, directory, ...done } = await oneRound(chance.below(2 ** 31));
        expect(problems, `seed ${seed}, kept in ${directory}`).toEqual([]);
        for (const what of Object.keys(all) as (keyof typeof all)[]) all[what] += done[what];
        if (isLong) console.log(`${seconds().toFixed(0)} s: ${JSON.stringify(all)}`);
      }
      keepFigure('postgres-histories', {
        what: 'linearizability operations on PostgreSQL',
        count: all.calls,
        found: { 'not linearizable': 0 },
        seconds: seconds(),
        seed,
      });
      console.log(`histories on PostgreSQL: ${JSON.stringify(all)}`);
      expect(all.calls).toBeGreaterThan(CALLS / 2);
      expect(all.kills).toBeGreaterThan(CALLS / 4_000);
      expect(all.stops).toBeGreaterThan(CALLS / 4_000);
      expect(all.restarts).toBeGreaterThan(CALLS / 8_000);
    },
    minutes(3, 70),
  );
});
