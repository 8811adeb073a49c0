import { mkdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { openStore } from '../../src/index.ts';
import { collect } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { treeOf } from './tree-bytes.ts';

const KEY = 'agent:main:telegram:group:-1:topic:7';

it('R8.2 opening, reading, listing, verifying and closing an untouched store changes no byte', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ unknown: { of: ['a', 'newer', 'version'] }, n: 1 });
  await store.session(KEY).append({ type: 'message', message: { role: 'user', content: 'hi' } });
  await store.session(KEY).reset({ reason: 'new' });
  await collect(store.list());
  await store.close();
  const before = treeOf(root);

  const after = await openStoreAt(root);
  const session = after.store.session(KEY);
  await session.read();
  await session.archives();
  await collect(session.transcript());
  await collect(after.store.list());
  expect((await after.store.verify()).problems).toEqual([]);
  await after.store.figures();
  await after.store.repair({ dryRun: true });
  await after.store.close();
  expect(treeOf(root)).toEqual(before);
});

it('R9.2 every way to name the same directory leads to the same session and the same files', async () => {
  const parent = temporaryDirectory();
  const root = join(parent, 'state');
  mkdirSync(root);
  const link = join(parent, 'link');
  symlinkSync(root, link);
  const ways: (string | URL)[] = [
    root,
    `${root}/`,
    `${root}/./agents/..`,
    relative(process.cwd(), root),
    pathToFileURL(root).href,
    pathToFileURL(root),
    link,
  ];
  for (const [n, way] of ways.entries()) {
    const store = await openStore(way);
    expect(store.location).toBe(root);
    const session = store.session(KEY);
    await session.append({ type: 'note', n });
    const records = await collect(session.transcript());
    expect(records.map((record) => record.n)).toEqual([...ways.keys()].slice(0, n + 1));
    if (n > 0) {
      await session.reset({ reason: `way ${n}` });
      const [archive] = await session.archives();
      await session.restore((archive as { sessionId: string }).sessionId);
    }
    expect((await collect(store.list())).map(({ key }) => key)).toEqual([KEY]);
    await store.close();
  }
  const store = await openStore(root);
  expect(await store.session(KEY).remove()).toBe(true);
  await store.close();
  const again = await openStore(link);
  expect(await again.session(KEY).read()).toBeUndefined();
  await again.close();
});
