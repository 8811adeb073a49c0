import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Store } from '../../src/contract/store.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { treeOf } from './tree-of.ts';

const KEYS = ['agent:main:one', 'agent:main:two', 'agent:main:three', 'agent:other:four'];
const large = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

const DAMAGES: Record<string, (path: string) => void> = {
  garbage: (path) => writeFileSync(path, 'rotten \xff\xfe bytes\n'.repeat(20), 'latin1'),
  zeros: (path) => writeFileSync(path, Buffer.alloc(Math.max(64, readFileSync(path).length))),
  'a byte in the middle': (path) => {
    const bytes = readFileSync(path);
    if (bytes.length === 0) return;
    const at = bytes.length >> 1;
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(path, bytes);
  },
  'an end too early': (path) => writeFileSync(path, readFileSync(path).subarray(0, -9)),
  nothing: (path) => writeFileSync(path, ''),
  removal: (path) => rmSync(path),
};

/** A closed store with every kind of file in it. */
async function fullStore(): Promise<string> {
  const root = join(temporaryDirectory(), 'whole');
  const { store, backend } = await openStoreAt(root);
  for (const key of KEYS) {
    const session = store.session(key);
    await session.append({ type: 'note', text: `${key} before` });
    await session.reset({ reason: 'new' });
    await session.append({ type: 'note', text: `${key} after` });
    await session.update({ key, n: 1 });
  }
  const holder = { host: 'gone', pid: 1, instance: 'gone' };
  const never = () => undefined;
  await backend.beginTurn('agent:main:three', {
    holder,
    waitMs: 0,
    onInterrupt: never,
    onLost: never,
  });
  await collect(store.list());
  cpSync(root, `${root}-copy`, { recursive: true });
  await store.close();
  return `${root}-copy`;
}

/** All that can be read of a session, or the code of the error. */
async function seenOf(store: Store, key: string): Promise<unknown> {
  try {
    const session = store.session(key);
    const state = await session.read();
    const texts = state ? (await collect(session.transcript())).map(({ text }) => text) : [];
    const archives = (await session.archives()).map(({ entry, reason }) => ({ entry, reason }));
    return JSON.stringify({ rev: state?.rev, entry: state?.entry, texts, archives });
  } catch (error) {
    if (isHoldfastError(error)) return error.code;
    throw error;
  }
}

async function seenOfAll(store: Store): Promise<unknown[]> {
  return Promise.all(KEYS.map((key) => seenOf(store, key)));
}

test.each(Object.entries(DAMAGES))(
  'R7.4 any one file with %s: one session at most is affected, the rest is listed and served',
  async (kind, damage) => {
    const whole = await fullStore();
    const { store: first } = await openStoreAt(whole);
    const right = await seenOfAll(first);
    await first.close();
    const files = treeOf(whole).filter(({ kind: leaf }) => leaf === 'file');
    expect(files.length).toBeGreaterThan(20);
    for (const { path } of files) {
      const root = join(temporaryDirectory(), 'copy');
      cpSync(whole, root, { recursive: true });
      damage(join(root, path));
      const where = `${path} with ${kind}`;
      const { store, warnings } = await openStoreAt(root);
      const seen = await seenOfAll(store);
      const affected = KEYS.filter((_, n) => seen[n] !== right[n]);
      expect(affected.length, where).toBeLessThanOrEqual(1);
      const listed = (await collect(store.list())).map(({ key }) => key);
      for (const key of KEYS) if (!affected.includes(key)) expect(listed, where).toContain(key);
      // A log that ends at the end of a line is a state that was there before: nothing shows that more was.
      const { problems } = await store.verify();
      const told = [...problems, ...warnings].filter(({ code }) => code !== 'LEFTOVER');
      const unseen = kind === 'an end too early' || kind === 'nothing' || kind === 'removal';
      if (affected.length > 0 && !unseen) expect(told, where).not.toEqual([]);
      for (const key of KEYS) {
        if (!affected.includes(key)) await store.session(key).update({ after: where });
      }
      await store.close();
    }
  },
);

test('R7.4 a value that several sessions share and that is damaged hides none of them', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of KEYS) await store.session(key).update({ key, large });
  await store.close();
  const [blob] = treeOf(root).filter(({ path }) => /blobs\/[0-9a-f]{64}\.json$/.test(path));
  writeFileSync(join(root, blob?.path ?? ''), '{"list":[]}');
  const { store: again } = await openStoreAt(root);
  const listed = (await collect(again.list({ order: 'key' }))).map(({ key }) => key);
  expect(listed).toEqual([...KEYS].sort());
  const { ok, problems } = await again.verify();
  expect(ok).toBe(false);
  expect(problems.map(({ path }) => path)).toContain(blob?.path);
  for (const key of KEYS) {
    const session = again.session(key);
    const outcome = await session.read().then(
      (state) => state?.entry.key,
      (error) => [error.code, error.lastGood?.entry.key],
    );
    // The first one that set the value has it in its own log.
    expect([key, ['ENTRY_DAMAGED', key]].map(String)).toContain(String(outcome));
  }
});

test('R8.5 what can not be read is a finding of verify, not its end', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of KEYS) await store.session(key).update({ key, large });
  await store.close();
  const directory = join(root, 'agents/main/sessions/blobs');
  mkdirSync(join(directory, `${'a'.repeat(64)}.json`));
  symlinkSync('/etc/passwd', join(directory, `${'b'.repeat(64)}.json`));
  const system = new FaultySystem();
  system.intervene = ({ path, name }) =>
    path.includes('/three~') && name === 'readdirSync' ? { errno: 'EIO' } : undefined;
  const { store: again } = await openStoreAt(root, { system });
  const { ok, problems, checked } = await again.verify();
  expect(ok).toBe(false);
  expect(problems.map(({ code }) => code).sort()).toEqual([
    'IO_FAILED',
    'UNSAFE_PATH',
    'UNSAFE_PATH',
  ]);
  expect(checked.sessions).toBe(KEYS.length - 1);
  const { remaining } = await again.repair({ dryRun: false });
  expect(remaining).toHaveLength(3);
});

test('R7.4 a directory that can not be read hides no other session from a listing', async () => {
  const root = await fullStore();
  const system = new FaultySystem();
  const { store, warnings } = await openStoreAt(root, { system });
  rmSync(join(root, 'agents/main/sessions/changes'), { recursive: true });
  const unreadable = /\/two~[^/]*\/meta/;
  system.intervene = ({ path }) => (unreadable.test(path) ? { errno: 'EIO' } : undefined);
  const listed = (await collect(store.list())).map(({ key }) => key);
  expect(listed.sort()).toEqual(KEYS.filter((key) => !key.endsWith('two')).sort());
  expect(warnings).toContainEqual(expect.objectContaining({ code: 'IO_FAILED' }));
  system.mend();
  const later = (await collect(store.list())).map(({ key }) => key);
  expect(later.sort()).toEqual([...KEYS].sort());
});
