import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/contract/store.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem } from './faulty-system.ts';

const STALL_MS = 200;
const keyOf = (n: number) => `agent:main:slack:channel:c${n % 20}`;
const note = { type: 'note', text: 'said' };

const WORK: Record<string, (store: Store, n: number) => Promise<unknown>> = {
  updates: (store, n) => store.session(keyOf(n)).update({ n }),
  appends: (store, n) => store.session(keyOf(n)).append(note),
  resets: (store, n) => store.session(keyOf(n)).reset(),
  'turns of many sessions': (store, n) => store.session(keyOf(n)).turn((turn) => turn.append(note)),
  'new sessions': (store, n) => store.session(`agent:main:new:${n}`).update({ n }),
  removals: (store, n) => store.session(keyOf(n)).remove(),
};

/** A store whose disk was quick until now. */
async function slowStore() {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system });
  for (let n = 0; n < 20; n++) await store.session(keyOf(n)).append(note);
  system.forget();
  system.intervene = ({ name }) =>
    name === 'writeSync' || name === 'write' ? { stallMs: STALL_MS } : undefined;
  return { system, store };
}

describe('a disk on which each write takes 200 ms', () => {
  test.each(Object.entries(WORK))(
    'C.7 holds the event loop at most twice during %s',
    async (_, work) => {
      const { system, store } = await slowStore();
      for (let n = 0; n < 40; n++) await work(store, n);
      const held = system.calls.filter(({ name }) => name === 'writeSync');
      expect(held.map(({ path }) => path).slice(2)).toEqual([]);
      expect(system.names.filter((name) => name === 'write').length).toBeGreaterThan(20);
    },
  );

  test('C.7 is written to on the event loop again once it is quick', async () => {
    const { system, store } = await slowStore();
    for (let n = 0; n < 10; n++) await store.session(keyOf(n)).update({ n });
    system.mend();
    for (let n = 0; n < 10; n++) await store.session(keyOf(n)).update({ n: -n });
    system.forget();
    await store.session(keyOf(1)).update({ n: 100 });
    expect(system.names).toContain('writeSync');
    expect(system.names).not.toContain('write');
  });

  test('C.6 keeps the order of what was asked, and of what others see', async () => {
    const { store } = await slowStore();
    const session = store.session(keyOf(1));
    const values: number[] = [];
    const updates = Array.from({ length: 30 }, (_, n) =>
      session.update((entry) => {
        values.push(entry.n ?? -1);
        return { n };
      }),
    );
    const revs = (await Promise.all(updates)).map(({ rev }) => rev);
    expect(revs).toEqual([...revs].sort((a, b) => a - b));
    expect(values).toEqual(Array.from({ length: 30 }, (_, n) => n - 1));
  });
});
