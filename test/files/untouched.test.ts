import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/index.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { treeOf } from './tree-of.ts';

const KEYS = ['agent:main:one', 'agent:main:two', 'agent:other:three'];
const large = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

async function filledRoot(): Promise<string> {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of KEYS) {
    const session = store.session(key);
    await session.append({ type: 'note', text: 'first' });
    await session.reset();
    await session.append({ type: 'note', text: 'second' });
    await session.update({ key, large, unknown: { to: 'everybody' } });
  }
  await collect(store.list());
  await store.close();
  return root;
}

/** Bytes, modes and times of all files; of directories what is in them. */
function marksOf(root: string): string[] {
  return treeOf(root).map(({ path, kind, mode, hash, mtimeMs }) =>
    kind === 'directory' ? `${path} ${mode}` : `${path} ${mode} ${hash} ${mtimeMs}`,
  );
}

test('R8.2 opening, reading, listing, verifying and closing an untouched store changes no byte', async () => {
  const root = await filledRoot();
  const before = marksOf(root);
  for (let round = 0; round < 3; round++) {
    const store = await openStore(root);
    for (const key of [...KEYS, 'agent:main:missing']) {
      const session = store.session(key);
      const state = await session.read();
      if (!state) continue;
      await collect(session.transcript());
      for (const { sessionId } of await session.archives()) {
        await collect(session.transcript({ sessionId }));
      }
    }
    await collect(store.list());
    await store.verify();
    await store.figures();
    await store.repair({ dryRun: true });
    await store.close();
    expect(marksOf(root)).toEqual(before);
  }
});

test('R8.2 a store without caches is listed without a change to anything but the caches', async () => {
  const root = await filledRoot();
  const copy = join(temporaryDirectory(), 'copy');
  const withoutCaches = (source: string) => !/\/changes(\/|$)/.test(source);
  cpSync(root, copy, { recursive: true, filter: withoutCaches, preserveTimestamps: true });
  const before = marksOf(copy);
  const store = await openStore(copy);
  expect(await collect(store.list())).toHaveLength(KEYS.length);
  await store.close();
  expect(marksOf(copy).filter((mark) => withoutCaches(`/${mark.split(' ')[0]}`))).toEqual(before);
});

test('R8.2 an update of one session leaves every byte of the others as it was', async () => {
  const root = await filledRoot();
  const others = () => marksOf(root).filter((mark) => !/changes\/|\/one~/.test(mark));
  const before = others();
  const store = await openStore(root);
  await store.session('agent:main:one').update({ n: 1 });
  await store.session('agent:main:one').append({ type: 'note', text: 'third' });
  await store.session('agent:main:one').reset();
  await store.close();
  expect(others()).toEqual(before);
});
