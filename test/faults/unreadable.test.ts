import { describe, expect, test } from 'vitest';
import { collect, refused } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { bytesOf } from '../files/tree-of.ts';
import { repositoryFiles } from '../tidy/source-files.ts';
import { CHANGING, FaultySystem } from './faulty-system.ts';

const KEY = 'agent:main:main';
const OTHER = 'agent:main:other';
const note = { type: 'note', text: 'said' };

async function storeOfTwo() {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of [KEY, OTHER]) {
    await store.session(key).append(note);
    await store.session(key).update({ key });
  }
  await store.close();
  const system = new FaultySystem();
  const opened = await openStoreAt(root, { system });
  return { root, system, ...opened };
}

const PLACES = [
  ['open', 'the directory', /\/main~[^/]*$/, ['lstatSync', 'readdirSync']],
  ['open', 'the metadata log', /\/main~.*meta/, ['openSync']],
  ['look at', 'the metadata log', /\/main~.*meta/, ['fstatSync']],
  ['read', 'the metadata log', /\/main~.*meta/, ['readSync', 'read']],
] as const;

describe.each(['EACCES', 'EIO', 'EMFILE'])('%s', (errno) => {
  test.each(PLACES)(
    'R4.4 R4.5 who can not %s %s is told so; nothing is missing and nothing is written',
    async (_, __, path, names) => {
      const { root, system, store } = await storeOfTwo();
      const before = bytesOf(root);
      system.intervene = (call) =>
        path.test(call.path) && (names as readonly string[]).includes(call.name)
          ? { errno }
          : undefined;
      const session = store.session(KEY);
      const calls = {
        read: () => session.read(),
        update: () => session.update({ overwritten: true }),
        function: () => session.update(() => ({ overwritten: true })),
        create: () => session.update({ overwritten: true }, { ifRev: 0 }),
        append: () => session.append(note),
        reset: () => session.reset(),
        remove: () => session.remove(),
        transcript: () => collect(session.transcript()),
      };
      for (const [verb, call] of Object.entries(calls)) {
        const error = await refused('IO_FAILED', call());
        expect(error.key, verb).toBe(KEY);
        expect((error.cause as { code?: string }).code, verb).toBe(errno);
      }
      for (const [file, hash] of Object.entries(before)) expect(bytesOf(root)[file]).toBe(hash);
      expect(await store.session(OTHER).update({ n: 1 })).toMatchObject({ rev: 3 });
      system.mend();
      expect(await session.read()).toMatchObject({ rev: 2, entry: { key: KEY } });
      expect(await session.update({ n: 1 })).toMatchObject({ rev: 3, entry: { key: KEY, n: 1 } });
    },
  );

  test('R4.4 an archive and a transcript that can not be read are not missing', async () => {
    const { system, store, warnings } = await storeOfTwo();
    const session = store.session(KEY);
    const former = (await session.read())?.sessionId ?? '';
    await session.reset();
    system.intervene = ({ path, name }) =>
      name === 'open' && /archived\.json$|\.jsonl$/.test(path) ? { errno } : undefined;
    await refused('IO_FAILED', collect(session.transcript()));
    await refused('IO_FAILED', session.restore(former));
    await session.archives();
    expect(warnings).toContainEqual(expect.objectContaining({ code: 'IO_FAILED', key: KEY }));
    system.mend();
    expect(await session.archives()).toHaveLength(1);
    expect(await collect(session.transcript({ sessionId: former }))).toHaveLength(1);
  });
});

test('R4.4 only what the system says is not there counts as missing', async () => {
  const { system, store } = await storeOfTwo();
  system.intervene = ({ path }) => (path.includes('/main~') ? { errno: 'ENOENT' } : undefined);
  expect(await store.session(KEY).read()).toBe(undefined);
  system.mend();
  expect(await store.session('agent:main:never').read()).toBe(undefined);
  expect(await store.session('agent:never:main').read()).toBe(undefined);
});

test('R4.6 a read waits for nothing: no pause, no lock, no write', async () => {
  const { system, store } = await storeOfTwo();
  const held = new FaultySystem();
  const { fs, lock } = held;
  const session = store.session(KEY);
  // Somebody holds the lock of the session all the while.
  await store.session(KEY).update({ n: 1 });
  const lockPath = [...system.open.values()].find((at) => at.endsWith('/lock')) as string;
  const fd = fs.openSync(lockPath, 2, 0o600);
  expect(lock.tryLock(fd)).toBe(true);
  for (const intervene of [undefined, 'EBUSY', 'EAGAIN'] as const) {
    system.forget();
    system.intervene = (call) =>
      intervene && /meta/.test(call.path) ? { errno: intervene } : undefined;
    await session.read().catch((error) => expect(error.code).toBe('IO_FAILED'));
    system.mend();
    await session.read();
    await collect(session.transcript());
    await session.archives();
    expect(system.names).not.toContain('tryLock');
    expect(system.names.filter((name) => CHANGING.has(name))).toEqual([]);
    expect(system.time.elapsed()).toBe(0);
  }
  fs.closeSync(fd);
});

test('R4.6 nothing in the source blocks the event loop to wait', () => {
  const blocking =
    /Atomics\.wait\b|\b(exec|execFile|spawn)Sync\b|\bsleepSync\b|\bmsleep\b|while\s*\([^)]*\b(now|elapsed)\(\)[^)]*\)\s*;/;
  const source = repositoryFiles().filter(({ path }) => /^src\/.*(?<!\.test)\.ts$/.test(path));
  expect(source.length).toBeGreaterThan(100);
  expect(source.filter(({ code }) => blocking.test(code)).map(({ path }) => path)).toEqual([]);
  expect(blocking.test('Atomics.wait(cell, 0, 0, 50)')).toBe(true);
  expect(blocking.test('while (clock.now() < until);')).toBe(true);
});
