/** What a session and a store take on the disk. */
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { filesMatching } from './tree-of.ts';

const KEY = 'agent:main:main';
const DAY_MS = 86_400_000;

test('a size is that of the files of the session', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  const session = store.session(KEY);
  for (const tail of ['', '', '']) {
    await session.update({ model: `opus${tail}` });
    await session.append({ type: 'note', text: 'ä'.repeat(500) });
    await session.reset();
  }
  await session.append({ type: 'note' });
  const active = `${(await session.read())?.sessionId}.jsonl`;
  const sum = (is: (name: string) => boolean) =>
    readdirSync(directoryOf(root, KEY))
      .filter(is)
      .reduce((bytes, name) => bytes + statSync(join(directoryOf(root, KEY), name)).size, 0);
  const isLog = (name: string) => /^meta\.\d+\.jsonl$/.test(name);
  expect(await session.size()).toEqual({
    metadata: sum(isLog),
    transcript: sum((name) => name === active),
    archives: sum((name) => !isLog(name) && name !== active && /\.jsonl?(on)?$/.test(name)),
  });
  const { archivesByAge } = await store.figures();
  expect(archivesByAge[0]).toMatchObject({ count: 3, bytes: (await session.size())?.archives });
});

test('a transcript that another program has left where it was counts, also once it is archived', async () => {
  const root = temporaryDirectory();
  const { store, backend } = await openStoreAt(root);
  await store.session('agent:main:other').update({ a: 1 });
  const path = join(pathsOf(root, 'main').base, 'old.jsonl');
  const record = { type: 'message', id: 'm1', parentId: null, timestamp: '2026-01-01T00:00:00Z' };
  writeFileSync(path, `${JSON.stringify({ ...record, text: 'x'.repeat(4_000) })}\n`);
  const now = Date.now();
  const entry = { sessionFile: 'old.jsonl' };
  await backend.adopt(KEY, { sessionId: 'old', entry, createdAt: now, updatedAt: now });
  const { size } = statSync(path);
  expect(await store.session(KEY).size()).toMatchObject({ transcript: size, archives: 0 });
  const [biggest] = (await store.figures()).biggest;
  expect(biggest?.key).toBe(KEY);
  expect(biggest?.bytes).toBeGreaterThan(size);
  await store.session(KEY).reset();
  const after = await store.session(KEY).size();
  expect(after?.archives).toBeGreaterThan(size);
  expect(after?.transcript).toBeLessThan(1_000);
});

test('figures tell logs, and the values that several sessions share', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  const value = (name: string, lines: number) => ({
    lines: Array.from({ length: lines }, (_, n) => `${name} ${n}`),
  });
  for (const n of [1, 2, 3, 4, 5]) {
    await store.session(`agent:main:${n}`).update({ n });
    await store.session(`agent:main:${n}`).update({ small: value('small', 900) });
    if (n < 4) await store.session(`agent:main:${n}`).update({ large: value('large', 3_000) });
  }
  const { blobs, logs, bytes } = await store.figures();
  expect(logs.snapshots).toBeGreaterThan(0);
  expect(logs.changes).toBeGreaterThan(logs.snapshots);
  expect(logs.snapshots + logs.changes).toBe(bytes.metadata);
  expect(blobs.biggest.map(({ references }) => references)).toEqual([2, 4].slice(0, blobs.count));
  expect(blobs.references).toBe(6);
  for (const { hash, bytes: size } of blobs.biggest) {
    const path = join(pathsOf(root, 'main').blobs, `${hash}.json`);
    expect(existsSync(path) && statSync(path).size).toBe(size);
  }
});

test('the age of an archive is the one that it tells, and that of its file where it is damaged', async () => {
  const root = temporaryDirectory();
  const { store, backend } = await openStoreAt(root);
  const now = Date.now();
  const past = { sessionId: 's0', entry: {}, createdAt: 1, updatedAt: 1 };
  await backend.adopt(KEY, past);
  for (const [n, days] of [400, 100, 20, 3, 0].entries()) {
    const archivedAt = now - days * DAY_MS;
    const times = { archivedAt, beganAt: archivedAt, updatedAt: archivedAt };
    await backend.adoptNext(
      KEY,
      { sessionId: `s${n + 1}`, entry: {}, reason: 'old', ...times },
      {},
    );
  }
  const counts = async () => (await store.figures()).archivesByAge.map(({ count }) => count);
  expect(await counts()).toEqual([1, 1, 1, 1, 1]);
  const [path] = filesMatching(root, /\/s0\.archived\.json$/);
  writeFileSync(path as string, readFileSync(path as string).subarray(0, -20));
  const then = (now - 10 * DAY_MS) / 1_000;
  utimesSync(path as string, then, then);
  expect(await counts()).toEqual([1, 1, 2, 1, 0]);
});
