import { expect, test } from 'vitest';
import { FaultySystem } from '../faults/faulty-system.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** More than a store keeps in memory. */
const SESSIONS = 4_400;

test('C.1 a session that was let go for thousands of others is read again when it is needed', async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system });
  const first = store.session('agent:main:first');
  await first.update({ n: 1 });
  const opensOf = async (call: () => Promise<unknown>) => {
    system.forget();
    await call();
    return system.names.filter((name) => name === 'openSync').length;
  };
  expect(await opensOf(() => first.read())).toBe(0);
  for (let n = 0; n < SESSIONS; n++) await store.session(`agent:main:other-${n}`).read();
  expect(await opensOf(() => first.read())).toBe(1);
  expect(await first.update({ n: 2 })).toMatchObject({ rev: 2, entry: { n: 2 } });
});

test('C.1 a session in whose turn this store is, is kept however many others come', async () => {
  const { store } = await openStoreAt(temporaryDirectory());
  const first = store.session('agent:main:first');
  await first.turn(async (turn) => {
    for (let n = 0; n < SESSIONS; n++) await store.session(`agent:main:other-${n}`).read();
    expect(await turn.update({ n: 1 })).toMatchObject({ entry: { n: 1 } });
    expect((await first.read())?.turn?.fence).toBe(turn.fence);
  });
  expect((await first.read())?.turn).toBeUndefined();
});
