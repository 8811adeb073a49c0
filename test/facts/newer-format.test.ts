import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sessionFolder } from '../../src/backends/files/layout.ts';
import { encodeLine } from '../../src/backends/files/log-line.ts';
import { refused } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { treeOf } from './tree-bytes.ts';

const KEY = 'agent:main:slack:channel:c1';
const OTHER = 'agent:main:slack:channel:c2';

it('C.18 a store of a newer format is refused when it is opened, and nothing is changed', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ a: 1 });
  await store.close();
  writeFileSync(join(root, 'holdfast.json'), '{"format":2,"store":"holdfast"}\n');
  const before = treeOf(root);
  await refused('FORMAT_TOO_NEW', openStoreAt(root));
  expect(treeOf(root)).toEqual(before);
});

it('C.18 a session of a newer format is refused by itself; others are served', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ a: 1 });
  await store.session(OTHER).update({ b: 1 });
  await store.close();
  const log = join(root, 'agents/main/sessions/sessions.d', sessionFolder(KEY), 'meta.1.jsonl');
  const snapshot = JSON.parse(readFileSync(log, 'utf8').split('\n')[0] as string);
  const { c: _checksum, ...line } = snapshot;
  writeFileSync(log, encodeLine({ ...line, v: 2 }));
  const bytes = readFileSync(log);

  const after = await openStoreAt(root);
  await refused('FORMAT_TOO_NEW', after.store.session(KEY).read());
  await refused('FORMAT_TOO_NEW', after.store.session(KEY).update({ a: 2 }));
  await refused('FORMAT_TOO_NEW', after.store.session(KEY).append({ type: 'note' }));
  await refused('FORMAT_TOO_NEW', after.store.session(KEY).reset());
  expect(readFileSync(log)).toEqual(bytes);
  expect((await after.store.session(OTHER).read())?.entry).toEqual({ b: 1 });
  const keys: string[] = [];
  for await (const { key } of after.store.list()) keys.push(key);
  expect(keys).toEqual([OTHER]);
  const { problems } = await after.store.verify();
  expect(problems.map(({ code }) => code)).toContain('FORMAT_TOO_NEW');
});
