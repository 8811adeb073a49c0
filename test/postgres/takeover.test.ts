import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect, refused, until } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory } from '../processes/child.ts';
import { seeded } from '../processes/seeded.ts';
import { freshSchema } from './fresh-schema.ts';

const KEY = 'agent:main:chat:1';
const LEASE_MS = 1_000;
const PROGRAMS = new URL('programs/', import.meta.url);

interface Begun {
  fence: number;
  previous?: { fence: number; ended: string; holder: { pid: number } };
}

/** An error that came out of a child, as the one that it was there. */
const typed = (error: Error): never => {
  error.name = 'HoldfastError';
  throw error;
};

let place: ReturnType<typeof freshSchema>;
let url: string;
beforeAll(async () => {
  place = freshSchema();
  url = `${place.url}&leaseMs=${LEASE_MS}&connections=4`;
  await (await openStore(url)).close();
});
afterAll(() => place.drop());

let keys = 0;
/** A session that no other test uses. */
const newKey = () => `agent:main:chat:taken-${++keys}`;

/** Begins to wait for a turn in another process; `begun` tells when it had it, and for how long it waited since `from`. */
async function waiting(child: Child, key: string) {
  const begun = child.ask<Begun>('beginTurn', key, { heedless: true });
  // It is awaited below; until then a failure is nobody's.
  begun.catch(() => undefined);
  await until('it waits', async () => (await child.ask<unknown[]>('lanes')).length > 0);
  return async (from: number) => {
    const grant = await begun;
    return { ...grant, ms: performance.now() - from };
  };
}

/** How many wait for the turn of a session, as the server knows it. */
async function waiters(key: string): Promise<number> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: place.server });
  await client.connect();
  const { rows } = await client.query(
    `select count(*) from ${place.schema}.waiters where key = $1`,
    [key],
  );
  await client.end();
  return Number(rows[0].count);
}

test('R11.2 postgres: the turn of a process that was killed is taken over within its lease and a second', async () => {
  const key = newKey();
  const holder = await Child.gateway(url);
  const other = await Child.gateway(url);
  const first = await holder.ask<Begun>('beginTurn', key);
  const took = await waiting(other, key);
  const from = performance.now();
  await holder.kill();
  const { ms, fence, previous } = await took(from);
  expect(ms).toBeLessThan(LEASE_MS + 1_000);
  expect(fence).toBeGreaterThan(first.fence);
  expect(previous).toMatchObject({ fence: first.fence, ended: 'cut-off' });
  await other.ask('turnCall', key, 'update', { by: 'other' });
});

test('R11.8 postgres: the turn of a stopped process is taken over, and its next write is refused', async () => {
  const key = newKey();
  const holder = await Child.gateway(url);
  const other = await Child.gateway(url);
  await holder.ask('beginTurn', key, { heedless: true });
  const took = await waiting(other, key);
  const from = performance.now();
  await holder.stop();
  expect((await took(from)).ms).toBeLessThan(LEASE_MS + 1_000);
  await other.ask('turnCall', key, 'update', { by: 'other' });
  holder.resume();
  await refused('TURN_LOST', () =>
    holder.ask('turnCall', key, 'update', { by: 'holder' }).catch(typed),
  );
  expect(await holder.ask('turnAborted', key)).toBe(true);
  await other.ask('turnCall', key, 'append', { type: 'note', by: 'other' });
  expect(await other.ask('call', key, 'read')).toMatchObject({ entry: { by: 'other' } });
});

test('C.4 postgres: writes that were made before anybody looked at the clock are refused by the server', async () => {
  const key = newKey();
  const holder = await Child.gateway(url);
  const other = await Child.gateway(url);
  await holder.ask('beginTurn', key, { heedless: true });
  const [inside, out] = ['inside', 'out'].map((name) => join(newDirectory(), name)) as [
    string,
    string,
  ];
  const written = holder.ask('hangThenWrite', inside, out);
  await until('it hangs', () => existsSync(inside));
  const took = await waiting(other, key);
  await took(0);
  await other.ask('turnCall', key, 'update', { by: 'other' });
  writeFileSync(out, '');
  expect(await written).toEqual(['TURN_LOST', 'TURN_LOST']);
  expect(await other.ask('call', key, 'read')).toMatchObject({ entry: { by: 'other' } });
  expect(await other.ask('transcript', key)).toEqual([]);
});

test('C.4 postgres: a lease that ran out is worth nothing, also when nobody has taken the turn over', async () => {
  const key = newKey();
  const holder = await Child.gateway(url);
  const other = await Child.gateway(url);
  await holder.ask('beginTurn', key, { heedless: true });
  const [inside, out] = ['inside', 'out'].map((name) => join(newDirectory(), name)) as [
    string,
    string,
  ];
  const written = holder.ask('hangThenWrite', inside, out);
  await until('it is cut off', async () => {
    const state = await other.ask<{ turn?: { status: string } }>('call', key, 'read');
    return state.turn?.status === 'cut-off';
  });
  writeFileSync(out, '');
  expect(await written).toEqual(['TURN_LOST', 'TURN_LOST']);
});

test('R11.2 postgres: a waiter that died in front keeps nobody out for longer than a lease and a second', async () => {
  const key = newKey();
  const [holder, front, behind] = await Promise.all([1, 2, 3].map(() => Child.gateway(url)));
  if (!holder || !front || !behind) throw new Error('there are three');
  await holder.ask('beginTurn', key);
  await waiting(front, key);
  await until('it is in line', async () => (await waiters(key)) === 1);
  const took = await waiting(behind, key);
  await until('both are in line', async () => (await waiters(key)) === 2);
  const from = performance.now();
  await Promise.all([holder.kill(), front.kill()]);
  expect((await took(from)).ms).toBeLessThan(LEASE_MS + 1_000);
});

test('C.6 postgres: processes get the turn in the order in which they asked, each at once', async () => {
  const key = newKey();
  const children = await Promise.all([1, 2, 3, 4].map(() => Child.gateway(url)));
  const [holder, ...others] = children as [Child, ...Child[]];
  await holder.ask('beginTurn', key);
  const order: number[] = [];
  const took: (() => Promise<void>)[] = [];
  for (const [n, child] of others.entries()) {
    const begun = await waiting(child, key);
    await until('it is in line', async () => (await waiters(key)) === n + 1);
    const ended = begun(0).then(async () => {
      order.push(n);
      expect(await child.ask('endTurn', key, 'return')).toBe('resolved');
    });
    took.push(() => ended);
  }
  const from = performance.now();
  await holder.ask('endTurn', key, 'return');
  for (const ended of took) await ended();
  expect(order).toEqual([0, 1, 2]);
  // They hear of it: who only looks looks once a second.
  expect(performance.now() - from).toBeLessThan(1_000);
});

test('R11.5 postgres: processes that are killed and stopped have a turn one at a time', async () => {
  const chance = seeded('postgres, turns of processes');
  const start = async () => {
    const child = new Child('turn-taker', { words: [url], programs: PROGRAMS });
    await child.said('ready');
    await child.ask('begin');
    return child;
  };
  const children = await Promise.all([start(), start(), start()]);
  const worked = (child: Child, more: number) => {
    const wanted = child.allSaid('inside').length + more;
    return until('it is inside once more', () => child.allSaid('inside').length >= wanted);
  };
  for (let disturbed = 0; disturbed < 4; disturbed += 1) {
    const n = chance.below(children.length);
    const victim = children[n] as Child;
    await worked(victim, 1 + chance.below(4));
    if (disturbed % 2 === 0) {
      await victim.kill();
      children[n] = await start();
    } else {
      await victim.stop();
      await worked(children[(n + 1) % children.length] as Child, 1);
      victim.resume();
    }
  }
  const done = await Promise.all(
    children.map((child) => child.ask<{ turns: number; lost: string[] }>('end')),
  );
  expect(done.flatMap(({ lost }) => lost.filter((code) => code !== 'TURN_LOST'))).toEqual([]);

  const store = await openStore(url);
  const records = await collect(store.session(KEY).transcript());
  await store.close();
  const fences = records.map(({ fence }) => fence as number);
  expect(fences).toEqual([...fences].sort((a, b) => a - b));
  const ins = records.filter(({ type }) => type === 'in').map(({ fence }) => fence);
  expect(new Set(ins).size).toBe(ins.length);
  console.log(`${ins.length} turns, ${done.flatMap(({ lost }) => lost).length} lost`);
});
