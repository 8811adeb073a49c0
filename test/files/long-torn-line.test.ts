import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';

test('C.10 an unfinished line that is longer than what is read at once holds nobody up', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  await store.close();
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  const { length } = readFileSync(log);
  appendFileSync(log, `{"rev":2,"at":1,"set":{"text":"${'x'.repeat(200_000)}`);

  const { store: next, warnings } = await openStoreAt(root);
  const session = next.session(KEY);
  expect(await session.read()).toMatchObject({ rev: 1, entry: { n: 1 } });
  expect((await collect(next.list())).map(({ rev }) => rev)).toEqual([1]);
  expect((await next.verify()).ok).toBe(true);
  expect(await session.update({ n: 2 })).toMatchObject({ rev: 2, entry: { n: 2 } });
  expect(readFileSync(log).length).toBeLessThan(length + 200);
  expect(warnings.map(({ code }) => code)).toEqual(['TORN_TAIL']);
});
