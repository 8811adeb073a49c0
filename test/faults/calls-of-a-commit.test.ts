import { expect, test } from 'vitest';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { bytesOf } from '../files/tree-of.ts';
import { CHANGING, FaultySystem } from './faulty-system.ts';

const FIVE = ['tryLock', 'readSync', 'writeSync', 'writeSync', 'unlock'];

/** Calls of an update of a session that was updated a moment before. */
async function warmCalls() {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system });
  const session = store.session('agent:main:main');
  for (let n = 1; n <= 3; n++) await session.update({ n });
  system.forget();
  await session.update({ n: 4 });
  return { warm: system.names, paths: system.calls.map(({ path }) => path) };
}

test('R7.1 an update of a session that is in use is five calls, on files of that session and the journal', async () => {
  const { warm, paths } = await warmCalls();
  expect(warm).toEqual(FIVE);
  const [lock, read, journal, log, unlock] = paths;
  expect(lock).toMatch(/main~[0-9a-f]{32}\/lock$/);
  expect(read).toMatch(/main~[0-9a-f]{32}\/meta\.1\.jsonl$/);
  expect(journal).toMatch(/\/changes\/1\.1\.jsonl$/);
  expect(log).toBe(read);
  expect(unlock).toBe(lock);
});

test('C.7 between lock and unlock an update makes three calls, none of which waits for anybody', async () => {
  const { warm } = await warmCalls();
  const held = warm.slice(warm.indexOf('tryLock') + 1, warm.indexOf('unlock'));
  expect(held).toEqual(['readSync', 'writeSync', 'writeSync']);
});

test('C.7 with durability power the lock is given back before the sync is waited for', async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system, durability: 'power' });
  const session = store.session('agent:main:main');
  for (const n of [1, 2]) await session.update({ n });
  let finish = (): void => undefined;
  const disk = new Promise<void>((resolve) => {
    finish = resolve;
  });
  system.forget();
  system.intervene = ({ name }) => (name === 'fdatasync' ? { until: disk } : undefined);
  const first = session.update({ n: 3 });
  expect(system.names).toEqual([...FIVE.slice(0, 4), 'fdatasync', 'unlock']);
  const second = session.update({ n: 4 });
  finish();
  await Promise.all([first, second]);
  expect((await session.read())?.rev).toBe(4);
});

test('C.9 a patch that changes nothing makes no call that writes', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system });
  const session = store.session('agent:main:main');
  await session.update({ model: 'opus', list: [1, { a: 2 }] });
  const bytes = bytesOf(root);
  const nothing = [
    () => session.update({ model: 'opus' }),
    () => session.update({ list: [1, { a: 2 }], gone: null, left: undefined }),
    () => session.update(() => ({})),
    () => session.update((entry) => ({ ...entry })),
    async () => session.restore((await session.read())?.sessionId ?? ''),
    () => store.session('agent:main:missing').remove(),
    () => session.read(),
  ];
  for (const call of nothing) {
    system.forget();
    await call();
    expect(system.names.length, String(call)).toBeGreaterThan(0);
    expect(
      system.names.filter((name) => CHANGING.has(name)),
      String(call),
    ).toEqual([]);
  }
  expect(bytesOf(root)).toEqual(bytes);
  expect((await session.read())?.rev).toBe(1);
});

test('R5.2 after 1,000 resets of a session an update makes the same five calls as before', {
  timeout: 120_000,
}, async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system });
  const session = store.session('agent:main:main');
  const callsOfUpdate = async () => {
    for (const n of [1, 2]) await session.update({ n });
    system.forget();
    await session.update({ n: 3 });
    return system.names;
  };
  const before = await callsOfUpdate();
  for (let n = 0; n < 1_000; n++) await session.reset({ reason: 'new' });
  expect(await session.archives()).toHaveLength(1_000);
  expect(await callsOfUpdate()).toEqual(before);
  expect(before).toEqual(FIVE);
});
