import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openFilesDefault } from '../../src/backends/files/descriptor-pool.ts';

import type { Store } from '../../src/contract/store.ts';
import { realSystem } from '../../src/system/system.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect, refused, until } from './collect.ts';
import { untilFoldIsNear } from './folding.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const COUNT = 1_000;
const note = { type: 'note', text: 'said' };
/** The journal of an agent and its lock, and what one call opens and closes again. */
const BESIDES_MAX = 6;

/** Descriptors of this process that are open below a directory. */
function openBelow(root: string): number {
  if (process.platform !== 'linux') return 0;
  const paths = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      // The one that was open to list the directory.
      return [];
    }
  });
  return paths.filter((path) => path.startsWith(root)).length;
}

const WORK: Record<string, (store: Store, key: string, n: number) => Promise<unknown>> = {
  update: (store, key, n) => store.session(key).update({ n }),
  append: (store, key) => store.session(key).append(note),
  read: (store, key) => store.session(key).read(),
  transcript: (store, key) => collect(store.session(key).transcript()),
  reset: (store, key) => store.session(key).reset(),
  turn: (store, key) => store.session(key).turn((turn) => turn.append(note)),
  remove: (store, key) => store.session(key).remove(),
};

describe.each([16, 128])('openFilesMax %i', (openFilesMax) => {
  test('C.1 so many descriptors at most are open, whatever 1,000 sessions are asked for', {
    timeout: 120_000,
  }, async () => {
    const root = temporaryDirectory();
    const system = new FaultySystem();
    const { store } = await openStoreAt(root, { system, openFilesMax });
    let most = 0;
    system.intervene = () => {
      system.forget();
      most = Math.max(most, system.open.size);
      return undefined;
    };
    for (const [verb, work] of Object.entries(WORK)) {
      for (let n = 0; n < COUNT; n += 20) {
        const keys = Array.from({ length: 20 }, (_, i) => `agent:main:slack:channel:c${n + i}`);
        await Promise.all(keys.map((key, i) => work(store, key, n + i)));
      }
      // Those who work at the moment have what they need: a log, a lock and one file more.
      expect(most, verb).toBeLessThanOrEqual(openFilesMax + 3 * 20 + BESIDES_MAX);
      // What a verb leaves for afterwards, such as the end of a fold, may take a disk its time.
      await until(
        `few enough are open, ${verb}`,
        () => system.open.size <= openFilesMax + BESIDES_MAX,
      );
      // A close that was asked for may still be under way in the kernel.
      await until(`as many are open, ${verb}`, () => openBelow(root) === system.open.size);
    }
    await store.close();
    expect(system.open.size).toBe(0);
    expect(openBelow(root)).toBe(0);
  });
});

test('C.1 sessions of 300 agents are no exception', async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system, openFilesMax: 64 });
  for (let n = 0; n < 300; n++) await store.session(`agent:a${n}:main`).update({ n });
  expect(system.open.size).toBeLessThanOrEqual(64 + BESIDES_MAX);
  for (let n = 0; n < 300; n++) {
    expect((await store.session(`agent:a${n}:main`).update({ again: n })).rev).toBe(2);
  }
  expect((await collect(store.list())).length).toBe(300);
});

test('C.1 refused calls, failed calls and abandoned iterations leave no descriptor open', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system });
  const session = store.session('agent:main:main');
  for (let n = 0; n < 50; n++) await session.append(note);
  const before = system.open.size;
  for (let n = 0; n < 20; n++) {
    for await (const record of session.transcript()) if (record.seq > 0) break;
    for await (const row of store.list()) if (row.rev > 0) break;
    await refused('REV_CONFLICT', session.update({ n }, { ifRev: 99 }));
    await expect(session.turn(() => Promise.reject(new TypeError('no')))).rejects.toThrow('no');
    const watching = store.watch({ signal: AbortSignal.abort() });
    await collect(watching);
  }
  expect(system.open.size).toBeLessThanOrEqual(before + 1);
});

test('C.1 a file that is being read is not closed for others, whose number it would have', async () => {
  const root = temporaryDirectory();
  const large = 'agent:main:large';
  const first = await openStoreAt(root);
  // So much that it is not read on the event loop.
  await untilFoldIsNear(first.backend, root, large, 100_000);
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system, openFilesMax: 16 });
  let go = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  system.intervene = ({ name, path }) =>
    name === 'read' && path.includes('/large~') ? { until: gate } : undefined;
  const reading = store.session(large).read();
  await until('the log is being read', () => system.names.includes('read'));
  for (let n = 0; n < 100; n++) await store.session(`agent:main:small:${n}`).update({ n });
  expect([...system.open.values()].filter((path) => path.includes('/large~'))).toHaveLength(1);
  go();
  expect(await reading).toEqual(await first.store.session(large).read());
});

test('how many stay open follows from what the process may open', () => {
  expect([40, 1_024, 20_000, 1_048_576].map(openFilesDefault)).toEqual([16, 256, 4_096, 4_096]);
});

test.runIf(process.platform === 'linux')('the limit is the one of this process', () => {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  expect(limits).toContain(`Max open files            ${realSystem.machine.openFilesLimit} `);
});
