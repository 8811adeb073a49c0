import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logName } from '../../src/backends/files/layout.ts';
import { generationsOf } from './folding.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';
const textOf = (n: number) => `${n} `.padEnd(2_000, 'x');

/** A closed store with logs of so many commits of 2 KB, none of which has made its process fold. */
async function closedAfter(commits: number, keys = [KEY]): Promise<string> {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of keys) {
    await store.session(key).update({ n: 0 });
    for (let n = 1; n < commits; n++) await store.session(key).update({ n, text: textOf(n) });
  }
  await store.close();
  expect(keys.flatMap((key) => generationsOf(root, key))).toEqual(keys.map(() => 1));
  return root;
}

const logLength = (root: string, generation: number) =>
  readFileSync(join(directoryOf(root, KEY), logName(generation))).length;

test('C.14 a log that was long to replay is folded by the first commit of who opened it', async () => {
  const root = await closedAfter(30);
  const { store, warnings } = await openStoreAt(root);
  await store.session(KEY).update({ n: 30 });
  await store.close();
  expect(generationsOf(root, KEY)).toEqual([2]);
  expect(logLength(root, 2)).toBeLessThan(5_000);
  expect(warnings).toEqual([]);

  const { store: next } = await openStoreAt(root);
  expect(await next.session(KEY).update({ n: 31 })).toMatchObject({
    rev: 32,
    entry: { n: 31, text: textOf(29) },
  });
  await next.close();
  expect(generationsOf(root, KEY)).toEqual([2]);
});

test('C.14 who only reads a long log leaves it as it is', async () => {
  const root = await closedAfter(30);
  const length = logLength(root, 1);
  const { store } = await openStoreAt(root);
  expect(await store.session(KEY).read()).toMatchObject({ rev: 30, entry: { n: 29 } });
  await store.close();
  expect(generationsOf(root, KEY)).toEqual([1]);
  expect(logLength(root, 1)).toBe(length);
});

test('C.14 a log that was short to replay is folded by nobody', async () => {
  const root = await closedAfter(10);
  const { store } = await openStoreAt(root);
  for (let n = 10; n < 30; n++) await store.session(KEY).update({ n, text: textOf(n) });
  await store.close();
  expect(generationsOf(root, KEY)).toEqual([1]);
});

test('C.14 what others append to an open log is no reason to fold it', async () => {
  const root = await closedAfter(2);
  const { store: one } = await openStoreAt(root);
  const { store: other } = await openStoreAt(root);
  await one.session(KEY).update({ by: 'one' });
  for (let n = 2; n < 30; n++) await other.session(KEY).update({ n, text: textOf(n) });
  expect(await one.session(KEY).update({ by: 'one again' })).toMatchObject({ rev: 32 });
  await one.close();
  await other.close();
  expect(generationsOf(root, KEY)).toEqual([1]);
});

test('C.14 who opens many long logs at once folds two of them at a time', async () => {
  const keys = [1, 2, 3, 4, 5].map((n) => `agent:main:s${n}`);
  const root = await closedAfter(25, keys);
  const { store, warnings } = await openStoreAt(root);
  await Promise.all(keys.map((key) => store.session(key).update({ n: 25 })));
  await store.close();
  expect(keys.map((key) => generationsOf(root, key))).toEqual([[2], [2], [1], [1], [1]]);

  const { store: next } = await openStoreAt(root);
  for (const key of keys) {
    await next.session(key).update({ n: 26 });
    while (generationsOf(root, key)[0] !== 2) await new Promise(setImmediate);
  }
  await next.close();
  expect(keys.map((key) => generationsOf(root, key))).toEqual(keys.map(() => [2]));
  expect(warnings).toEqual([]);
});
