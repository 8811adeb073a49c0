import { expect, it } from 'vitest';
import { collect } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { treeOf } from './tree-bytes.ts';

const SESSIONS = 240;

/** A list of skills as gateways keep it in every entry: 60 KB that never change. */
function skills(): { skills: { name: string; prompt: string }[] } {
  return {
    skills: Array.from({ length: 60 }, (_, n) => ({ name: `skill-${n}`, prompt: 'x'.repeat(980) })),
  };
}

it('C.8 a static value of 60 KB in 240 sessions is stored once and held in memory once', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (let n = 0; n < SESSIONS; n++) {
    // A fresh copy for every session, as a gateway hands them in.
    await store.session(`agent:main:slack:channel:c${n}`).update({ snapshot: skills(), n });
  }
  const held = new Set<unknown>();
  for (let n = 2; n < SESSIONS; n++) {
    held.add((await store.session(`agent:main:slack:channel:c${n}`).read())?.entry.snapshot);
  }
  expect(held.size).toBe(1);
  expect([...held][0]).toEqual(skills());
  const { blobs } = await store.figures();
  expect(blobs.count).toBe(1);
  expect(blobs.references).toBeGreaterThanOrEqual(SESSIONS - 2);
  await store.close();
  const bytes = Object.values(treeOf(root)).reduce((sum, file) => sum + file.length, 0);
  expect(bytes).toBeLessThan(2_000_000);

  const after = await openStoreAt(root);
  const shared = new Set<unknown>();
  for (const { key } of await collect(after.store.list())) {
    const entry = (await after.store.session(key).read())?.entry;
    expect(entry?.snapshot).toEqual(skills());
    if (entry && entry.n >= 2) shared.add(entry.snapshot);
  }
  expect(shared.size).toBe(1);
});

it('C.8 a value that changes at every turn stays inline', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (let turn = 0; turn < 20; turn++) {
    await store.session('agent:main:main').update({ report: { turn, text: 'y'.repeat(6_000) } });
  }
  expect((await store.figures()).blobs.count).toBe(0);
});
