import { afterAll, expect, test } from 'vitest';
import { openStore } from '../../src/index.ts';
import { Child } from '../processes/child.ts';
import { freshSchema } from './fresh-schema.ts';

const KEY = 'agent:main:chat:1';
const HOUR_MS = 3_600_000;
const LEASE_MS = 1_000;

const place = freshSchema();
const url = `${place.url}&leaseMs=${LEASE_MS}&connections=4`;
afterAll(() => place.drop());

interface State {
  updatedAt: number;
  createdAt: number;
  turn?: { startedAt: number };
}

/** A process on a machine whose clock is wrong. */
function off(shiftMs: number): Promise<Child> {
  const before = new URL('programs/shifted-clock.js', import.meta.url);
  const wrap = ['env', `NODE_OPTIONS=--import=${before}`, `SHIFT_MS=${shiftMs}`];
  return Child.gateway(url, {}, { wrap });
}

test('R11.11 postgres: clocks of clients that are an hour off change no lease and no time', async () => {
  await (await openStore(url)).close();
  const [fast, slow] = await Promise.all([off(HOUR_MS), off(-HOUR_MS)]);
  const near = (time: number) => expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
  const first = await fast.ask<State>('call', KEY, 'update', { n: 1 });
  const second = await slow.ask<State>('call', KEY, 'update', { n: 2 });
  near(first.createdAt);
  near(first.updatedAt);
  expect(second.updatedAt).toBeGreaterThanOrEqual(first.updatedAt);

  for (const [holder, other] of [
    [fast, slow],
    [slow, fast],
  ] as const) {
    await holder.ask('beginTurn', KEY);
    const since = performance.now();
    // For three leases it is kept alive, and nobody else gets in.
    while (performance.now() - since < 3 * LEASE_MS) {
      const asked = other.ask('waitForTurn', KEY, { whenBusy: 'wait', waitMs: LEASE_MS / 2 });
      expect(await asked).toBe('SESSION_BUSY');
    }
    near((await other.ask<State>('call', KEY, 'read')).turn?.startedAt ?? 0);
    await holder.ask('turnCall', KEY, 'update', { n: 3 });
    expect(await holder.ask('endTurn', KEY, 'return')).toBe('resolved');
    expect(await other.ask('waitForTurn', KEY, { whenBusy: 'reject' })).toBe('began');
  }

  await fast.ask('beginTurn', KEY);
  const taken = slow.ask('beginTurn', KEY);
  const from = performance.now();
  await fast.kill();
  await taken;
  expect(performance.now() - from).toBeLessThan(LEASE_MS + 1_000);
});
