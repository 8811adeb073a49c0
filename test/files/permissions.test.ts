import { appendFileSync, chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect, refused } from './collect.ts';
import { largePatch, untilFoldIsNear } from './folding.ts';
import { openStoreAt, type StoreAt } from './open-store-at.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { filesMatching, treeOf } from './tree-of.ts';

const KEY = 'agent:main:main';
const note = { type: 'note', text: 'said' };
const large = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

const umask = process.umask();
afterEach(() => process.umask(umask));

/** Every verb that makes or replaces files, in an order in which each has something to do. */
const STEPS: [string, (at: StoreAt) => Promise<unknown>][] = [
  ['update', ({ backend }) => backend.update(KEY, { n: 1 }, {})],
  ['append', ({ backend }) => backend.append(KEY, note, {}, {})],
  ['blob', ({ backend }) => backend.update('agent:main:other', { large }, {})],
  ['blob again', ({ backend }) => backend.update(KEY, { large }, {})],
  ['turn', ({ store }) => store.session(KEY).turn((turn) => turn.append(note))],
  ['reset', ({ backend }) => backend.reset(KEY, { reason: 'new', keep: 'all' }, {})],
  [
    'restore',
    async ({ backend }) => {
      const [archive] = await backend.archives(KEY);
      return backend.restore(KEY, archive?.sessionId ?? '', {});
    },
  ],
  ['list', ({ backend }) => collect(backend.list({ order: 'key' }))],
  ['verify', ({ backend }) => backend.verify()],
  ['remove', ({ backend }) => backend.remove('agent:main:other', {})],
  [
    'fold',
    async ({ backend, store }) => {
      await untilFoldIsNear(backend, store.location, 'agent:main:folded');
      for (let n = 1; n <= 8; n++) await backend.update('agent:main:folded', largePatch(n), {});
    },
  ],
  ['close', ({ store }) => store.close()],
];

describe.each(['000', '022', '077'])('under umask %s', (mask) => {
  test.each(['process', 'power'] as const)(
    'R1.7 every file is 0600 and every directory 0700, after every verb, at durability %s',
    async (durability) => {
      process.umask(Number.parseInt(mask, 8));
      const root = join(temporaryDirectory(), 'made', 'by', 'the store');
      const opened = await openStoreAt(root, { durability });
      const wrong = () =>
        treeOf(root)
          .filter(({ kind, mode }) => mode !== (kind === 'directory' ? '700' : '600'))
          .map(({ path, mode }) => `${path} ${mode}`);
      expect(wrong(), 'open').toEqual([]);
      for (const [name, step] of STEPS) {
        await step(opened);
        expect(wrong(), name).toEqual([]);
      }
      const made = treeOf(root)
        .map(({ path }) => path)
        .join('\n');
      for (const name of ['meta.2.jsonl', '.archived.json', 'blobs/', 'list.1.jsonl', 'lock']) {
        expect(made).toContain(name);
      }
      expect(modeOf(join(root, '..'))).toBe('700');
    },
  );
});

test('R1.7 the copy of a torn tail and what a repair keeps aside are 0600 as well', async () => {
  process.umask(0);
  const root = join(temporaryDirectory(), 'store');
  const { backend, store } = await openStoreAt(root);
  await backend.update(KEY, { n: 1 }, {});
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  appendFileSync(log, '{"rev":2');
  await backend.update(KEY, { n: 2 }, {});
  appendFileSync(log, 'rotten\n');
  await store.repair({ dryRun: false });
  const asides = filesMatching(root, /\.(torn|damaged)\./);
  expect(asides).toHaveLength(2);
  expect(asides.map(modeOf)).toEqual(['600', '600']);
});

describe('a directory into which others may write', () => {
  test.each([0o777, 0o770, 0o702])(
    'R7.11 is narrowed, and for the root it is told: %o',
    async (mode) => {
      const root = temporaryDirectory();
      const { store } = await openStoreAt(root);
      await store.session(KEY).update({ n: 1 });
      await store.close();
      const { base, sessions } = pathsOf(root, 'main');
      const directories = [root, join(root, 'agents'), join(root, 'agents/main'), base, sessions];
      for (const directory of directories) chmodSync(directory, mode);
      const { store: again, warnings } = await openStoreAt(root);
      expect((await again.session(KEY).update({ n: 2 })).rev).toBe(2);
      for (const directory of directories) {
        expect(statSync(directory).mode & 0o022, directory).toBe(0);
      }
      const told = warnings.filter(({ code }) => code === 'PERMISSIONS');
      expect(told).toHaveLength(1);
      expect(told[0]?.message).toContain(root);
    },
  );

  test('R7.11 is refused with its name where its permissions can not be changed', async () => {
    const root = temporaryDirectory();
    const system = new FaultySystem();
    system.intervene = ({ name }) => (name === 'chmodSync' ? { errno: 'EPERM' } : undefined);
    chmodSync(root, 0o777);
    const error = await refused('UNSAFE_PATH', openStoreAt(root, { system }));
    expect(error.message).toContain(root);
    chmodSync(root, 0o700);
    const { store } = await openStoreAt(root, { system });
    const agents = join(root, 'agents');
    mkdirSync(agents);
    chmodSync(agents, 0o777);
    const refusedUpdate = await refused('UNSAFE_PATH', store.session(KEY).update({ n: 1 }));
    expect(refusedUpdate.message).toContain(agents);
  });

  test('R7.11 is refused with its name on a mount that keeps no permissions', async () => {
    const root = temporaryDirectory();
    const system = new FaultySystem();
    const { fs } = system;
    const keepsNone = Object.assign(system, { fs: { ...fs, chmodSync: () => undefined } });
    chmodSync(root, 0o777);
    const error = await refused('UNSAFE_PATH', openStoreAt(root, { system: keepsNone }));
    expect(error.message).toContain(root);
    expect(error.message).toContain('umask=077');
  });

  test('R7.11 C.18 is left as it is where the store is of a newer format', async () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, 'holdfast.json'), '{"format":2,"store":"holdfast"}\n');
    chmodSync(root, 0o777);
    const before = treeOf(root);
    await refused('FORMAT_TOO_NEW', openStoreAt(root));
    expect(treeOf(root)).toEqual(before);
  });

  test('R7.11 and files that others may read are told by verify and narrowed by repair', async () => {
    const root = temporaryDirectory();
    const { store } = await openStoreAt(root);
    await store.session(KEY).append(note);
    const directory = directoryOf(root, KEY);
    const files = filesMatching(root, /main~.*(meta|jsonl|lock)/);
    for (const file of files) chmodSync(file, 0o644);
    chmodSync(directory, 0o755);
    const { problems } = await store.verify();
    const told = problems.filter(({ code }) => code === 'PERMISSIONS');
    expect(told).toHaveLength(files.length + 1);
    await store.repair({ dryRun: true });
    expect(modeOf(directory)).toBe('755');
    await store.repair({ dryRun: false });
    expect([directory, ...files].map(modeOf)).toEqual(['700', ...files.map(() => '600')]);
  });
});
