import { appendFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEYS = ['agent:main:long', 'agent:main:other'] as const;
const [KEY, OTHER] = KEYS;

test.each([
  ['ends', '\n'],
  ['does not end', ''],
])('R8.3 R7.4 a line of a log that is larger than any, and %s, takes no memory', async (_, end) => {
  const { store } = await openStoreAt(temporaryDirectory());
  for (const key of KEYS) await store.session(key).update({ key });
  await store.close();
  const log = join(directoryOf(store.location, KEY), 'meta.1.jsonl');
  appendFileSync(log, '{"rev":2');
  // A hole takes no room on the disk.
  truncateSync(log, statSync(log).size + 600_000_000);
  appendFileSync(log, end);
  const before = process.memoryUsage().rss;
  const { store: again } = await openStoreAt(store.location);
  const error = await refused('ENTRY_DAMAGED', again.session(KEY).read());
  expect(error.lastGood).toMatchObject({ rev: 1, entry: { key: KEY } });
  await refused('ENTRY_DAMAGED', again.session(KEY).update({ n: 1 }));
  expect((await again.session(OTHER).update({ n: 1 })).rev).toBe(2);
  expect(await collect(again.list())).toHaveLength(2);
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
});
