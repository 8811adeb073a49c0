import { expect, test } from 'vitest';
import { isHoldfastError } from '../../src/model/errors.ts';
import { heapInUse } from '../files/heap-in-use.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem, isWrite } from './faulty-system.ts';

const SESSIONS = 100;
const UPDATES = 10_000;
/** As many as may wait for one session, and some more. */
const WAITING = 17_000;
const HEAP_BYTES_MAX = 8_000_000;

const keyOf = (n: number) => `agent:main:slack:channel:c${n % SESSIONS}`;

/** How many calls ended with which code. */
async function outcomesOf(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const settled of await Promise.allSettled(calls)) {
    if (settled.status === 'rejected' && !isHoldfastError(settled.reason)) throw settled.reason;
    const code = settled.status === 'fulfilled' ? 'resolved' : settled.reason.code;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

test('R1.8 10,000 updates while the disk refuses writes: an error each, bounded memory, and then it goes on', async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system });
  for (let n = 0; n < SESSIONS; n++) await store.session(keyOf(n)).update({ n: -1 });
  const before = heapInUse();
  system.intervene = (call) => {
    // Only the latest is of interest; a list of all calls would be what takes the memory.
    system.forget();
    return isWrite(call) ? { errno: 'ENOSPC' } : undefined;
  };
  const text = 'x'.repeat(5_000);
  const calls = Array.from({ length: UPDATES }, (_, n) =>
    store.session(keyOf(n)).update({ n, text }),
  );
  expect(await outcomesOf(calls)).toEqual({ DISK_FULL: UPDATES });
  calls.length = 0;
  expect(heapInUse() - before).toBeLessThan(HEAP_BYTES_MAX);
  expect(system.open.size).toBeLessThanOrEqual(130);

  system.mend();
  for (let n = 0; n < SESSIONS; n++) {
    const session = store.session(keyOf(n));
    expect((await session.read())?.entry).toEqual({ n: -1 });
    expect((await session.update({ n })).rev).toBe(2);
  }
});

test('R1.8 behind a write that hangs a bounded number of updates waits; the others are refused at once', async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system });
  const session = store.session('agent:main:main');
  await session.update({ n: -1 });
  let free = (): void => undefined;
  const hanging = new Promise<void>((resolve) => {
    free = resolve;
  });
  system.intervene = (call) => (call.name === 'write' ? { until: hanging } : undefined);
  // Larger than what is written on the event loop.
  const first = session.update({ text: 'x'.repeat(100_000) });
  const waiting = Array.from({ length: WAITING }, (_, n) => session.update({ n }));
  const outcomes = outcomesOf(waiting);
  // The refused ones are told now, while the write still hangs.
  const refused = await Promise.race([
    waiting.at(-1)?.then(
      () => 'resolved',
      (error) => error.code,
    ),
    new Promise((resolve) => setTimeout(resolve, 5_000, 'still waiting')),
  ]);
  expect(refused).toBe('SESSION_BUSY');
  system.mend();
  free();
  await first;
  const { resolved, SESSION_BUSY } = await outcomes;
  expect(resolved).toBe(16_384);
  expect(SESSION_BUSY).toBe(WAITING - 16_384);
  expect((await session.read())?.rev).toBe(2 + 16_384);
});
