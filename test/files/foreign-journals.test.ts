import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { filesMatching } from './tree-of.ts';

const KEYS = ['agent:main:one', 'agent:other:two'];

const PLANTED: [string, (changes: string) => void][] = [
  ['a file in the place of their directory', (changes) => writeFileSync(changes, 'not ours')],
  ['a FIFO in the place of their directory', (changes) => execFileSync('mkfifo', [changes])],
  [
    'a directory in the place of one of them',
    (changes) => mkdirSync(join(changes, '1.1.jsonl'), { recursive: true }),
  ],
];

test.each(PLANTED)('R7.4 journals with %s hide no session', async (_, plant) => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of KEYS) await store.session(key).update({ key });
  await store.close();
  const { changes } = pathsOf(root, 'main');
  rmSync(changes, { recursive: true });
  plant(changes);
  const { store: again } = await openStoreAt(root);
  // The second listing goes on from what the first one knew.
  for (const round of [1, 2]) {
    const listed = (await collect(again.list())).map(({ key }) => key);
    expect(listed.sort(), String(round)).toEqual(KEYS);
  }
  await refused('UNSAFE_PATH', again.session('agent:main:one').update({ n: 1 }));
  expect((await again.session('agent:other:two').update({ n: 1 })).rev).toBe(2);
  const row = (await collect(again.list())).find(({ key }) => key === 'agent:other:two');
  expect(row?.rev).toBe(2);
});

test('R7.4 a journal or a saved list that somebody has made huge takes no memory and hides no session', async () => {
  const { store } = await openStoreAt(temporaryDirectory());
  for (const key of KEYS) await store.session(key).update({ key });
  await collect(store.list());
  await store.close();
  // A hole takes no room on the disk, and more than a text may hold when it is read.
  const huge = filesMatching(pathsOf(store.location, 'main').changes, /\.jsonl$/);
  expect(huge.map((path) => basename(path)).sort()).toEqual(['1.1.jsonl', 'list.1.jsonl']);
  for (const path of huge) truncateSync(path, 600_000_000);
  const before = process.memoryUsage().rss;
  const { store: again } = await openStoreAt(store.location);
  for (const round of [1, 2]) {
    expect(await collect(again.list()), String(round)).toHaveLength(KEYS.length);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
});
