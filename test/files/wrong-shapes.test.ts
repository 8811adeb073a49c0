import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeLine } from '../../src/backends/files/log-line.ts';
import type { Json } from '../../src/model/json.ts';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { bytesOf, filesMatching, treeOf } from './tree-of.ts';

const KEY = 'agent:main:odd';
const OTHER = 'agent:main:other';

/** What a log would say that another program wrote, with right checksums and wrong shapes. */
const SNAPSHOTS: [string, Record<string, unknown>][] = [
  ['an entry of null', { entry: null }],
  ['an entry that is an array', { entry: [1, 2] }],
  ['an entry that is a number', { entry: 5 }],
  ['an entry that is a text', { entry: 'x' }],
  ['no entry', { entry: undefined }],
  ['no session id', { sessionId: undefined }],
  ['a session id that looks like a key', { sessionId: 'agent:main:other' }],
  ['a session id that leads out', { sessionId: '../../../../outside' }],
  ['a session id of a device', { sessionId: 'con' }],
  ['a session id that is a number', { sessionId: 7 }],
  ['no revision', { rev: undefined }],
  ['a revision of no number', { rev: '1' }],
  ['a revision of zero', { rev: 0 }],
  ['no time', { updatedAt: undefined }],
  ['a time of no number', { createdAt: 'yesterday' }],
  ['blobs that are no hashes', { blobs: { text: '../../../../outside' } }],
  ['blobs that are a list', { blobs: ['a'] }],
  ['a turn without holder', { turn: { fence: 1 } }],
  ['a turn that is a text', { turn: 'running' }],
  ['a fence of no number', { fence: null }],
];
const CHANGES: [string, Record<string, unknown>][] = [
  ['fields that are a list', { rev: 2, at: 1, set: ['a'] }],
  ['fields of null', { rev: 2, at: 1, set: null }],
  ['removed fields that are a number', { rev: 2, at: 1, unset: 5 }],
  ['removed fields that are no names', { rev: 2, at: 1, unset: [{}] }],
  [
    'a conversation that leads out',
    { rev: 2, at: 1, sessionId: '../x', beganAt: 1, entry: {}, blobs: {} },
  ],
  ['a conversation without entry', { rev: 2, at: 1, sessionId: 'x', beganAt: 1 }],
  [
    'a conversation whose entry is a list',
    { rev: 2, at: 1, sessionId: 'x', beganAt: 1, entry: [] },
  ],
  ['a revision of no number', { rev: '2', at: 1, set: {} }],
  ['a time of no number', { rev: 2, at: 'now', set: {} }],
  ['a turn without holder', { turn: { fence: 1 } }],
];

async function storeWithLog(
  lines: (snapshot: Record<string, unknown>) => Record<string, unknown>[],
) {
  const root = join(temporaryDirectory(), 'store');
  const { store } = await openStoreAt(root);
  for (const key of [KEY, OTHER]) await store.session(key).update({ key });
  await store.close();
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  const { c: _checksum, ...snapshot } = JSON.parse(readFileSync(log, 'utf8'));
  writeFileSync(
    log,
    lines(snapshot)
      .map((line) => encodeLine(line as { [f: string]: Json }))
      .join(''),
  );
  return { root, log };
}

/** The session is damaged and told so; others work; only a repair changes anything, after a copy. */
async function expectDamaged(root: string, lastGood: object | undefined) {
  const above = join(root, '..');
  const before = bytesOf(root);
  const { store, warnings } = await openStoreAt(root);
  const session = store.session(KEY);
  const error = await refused('ENTRY_DAMAGED', session.read());
  if (lastGood) expect(error.lastGood).toMatchObject(lastGood);
  else expect(error.lastGood).toBe(undefined);
  await refused('ENTRY_DAMAGED', session.update({ n: 1 }));
  await refused('ENTRY_DAMAGED', session.append({ type: 'note' }));
  expect(await store.session(OTHER).read()).toMatchObject({ entry: { key: OTHER } });
  expect((await collect(store.list())).map(({ key }) => key)).toContain(OTHER);
  const { ok, problems } = await store.verify();
  expect(ok).toBe(false);
  expect(problems).toContainEqual(expect.objectContaining({ code: 'ENTRY_DAMAGED', key: KEY }));
  expect(warnings.map(({ code }) => code)).toContain('ENTRY_DAMAGED');
  for (const [path, hash] of Object.entries(before)) {
    if (!path.includes('changes/')) expect(bytesOf(root)[path], path).toBe(hash);
  }
  await store.repair({ dryRun: false });
  expect(filesMatching(root, /meta\.1\.jsonl\.damaged\./)).toHaveLength(1);
  expect((await session.update({ mended: true })).entry).toMatchObject({ mended: true });
  expect((await store.verify()).ok).toBe(true);
  expect(treeOf(above).filter(({ path }) => !/^(store|$)/.test(path))).toEqual([]);
}

describe('a log of right checksums', () => {
  test.each(SNAPSHOTS)(
    'R8.3 with %s in its first line is damage of that session alone',
    async (_, odd) => {
      const { root } = await storeWithLog((snapshot) => [{ ...snapshot, ...odd }]);
      await expectDamaged(root, undefined);
    },
  );

  test.each(CHANGES)(
    'R8.3 with %s in a later line is damage of that session alone',
    async (_, odd) => {
      const { root } = await storeWithLog((snapshot) => [snapshot, odd]);
      await expectDamaged(root, { rev: 1, entry: { key: KEY } });
    },
  );

  test('R8.3 R7.10 with fields named __proto__ and constructor keeps them as data', async () => {
    const odd = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}');
    const { root } = await storeWithLog((snapshot) => [
      { ...snapshot, entry: odd },
      { rev: 2, at: 1, set: JSON.parse('{"__proto__":{"polluted":2}}') },
    ]);
    const { store } = await openStoreAt(root);
    const entry = (await store.session(KEY).read())?.entry;
    expect(JSON.stringify(entry)).toBe('{"__proto__":{"polluted":2},"constructor":2,"toString":3}');
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
    expect(Object.getPrototypeOf(entry)).toBe(Object.prototype);
    await store.session(KEY).update({ n: 1 });
    expect((await store.verify()).ok).toBe(true);
  });

  test('R8.3 R3.6 many bad ones at once: each is counted, the others work', async () => {
    const root = temporaryDirectory();
    const { store } = await openStoreAt(root);
    const keys = Array.from({ length: 40 }, (_, n) => `agent:main:slack:channel:c${n}`);
    for (const key of keys) await store.session(key).update({ key });
    await store.close();
    const bad = keys.filter((_, n) => n % 2 === 0);
    for (const key of bad) writeFileSync(join(directoryOf(root, key), 'meta.1.jsonl'), 'null\n');
    const { store: again } = await openStoreAt(root);
    const listed = (await collect(again.list())).map(({ key }) => key);
    expect(listed.sort()).toEqual(keys.filter((key) => !bad.includes(key)).sort());
    const { problems, checked } = await again.verify();
    expect(problems.filter(({ severity }) => severity === 'damage')).toHaveLength(bad.length);
    expect(checked.sessions).toBeGreaterThanOrEqual(keys.length - bad.length);
  });
});
