import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

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
