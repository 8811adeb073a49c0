import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { until } from '../files/collect.ts';
import { generationsOf, largePatch, untilFoldIsNear } from '../files/folding.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf, pathsOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem } from './faulty-system.ts';
import { outcomeOf, viewOf } from './view-of-session.ts';

const KEY = 'agent:main:main';
const note = { type: 'note', text: 'said' };
const large = { skills: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

/** Files and directories that are synced by a call, in order, named from the session's directory. */
async function syncsOf(
  durability: 'process' | 'power',
  prepare: (backend: Backend, root: string) => Promise<unknown>,
  run: (backend: Backend, root: string) => Promise<unknown>,
  calls = ['fsync', 'fdatasync'],
): Promise<string[]> {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store, backend } = await openStoreAt(root, { system, durability });
  await prepare(backend, root);
  system.forget();
  await run(backend, root);
  // Folds go on in the background; closing waits for them.
  await store.close();
  const names = new Map([
    [directoryOf(root, KEY), 'directory of the session'],
    [pathsOf(root, 'main').blobs, 'directory of the blobs'],
  ]);
  return system.calls
    .filter(({ name }) => calls.includes(name))
    .map(({ path }) => names.get(path) ?? shortName(path, root));
}

function shortName(path: string, root: string): string {
  if (!path.startsWith(directoryOf(root, KEY))) return path.slice(root.length) || '/';
  const name = path.slice(dirname(path).length + 1);
  return name.replace(/^[0-9a-f-]{36}/, '<id>').replace(/\.tmp-.*/, '.tmp');
}

const ID = '5f0d5f0e-0000-4000-8000-00000000abcd';
const inUse = async (backend: Backend) => {
  await backend.update(KEY, { n: 0 }, {});
  await backend.append(KEY, note, {}, {});
};
const nothing = async () => undefined;
const removedIn = (root: string) => pathsOf(root, 'main').removed;
const repeat = (times: number, name: string) => Array.from({ length: times }, () => name);
const ARCHIVING = ['meta.1.jsonl', '<id>.archived.json.tmp', 'directory of the session'];
const CREATION = [
  'meta.1.jsonl',
  'directory of the session',
  ...['sessions/sessions.d', 'sessions', ''].map((rest) =>
    `/agents/main/${rest}`.replace(/\/$/, ''),
  ),
  '/agents',
  '/',
];

describe('R4.8 the syncs that a durability promises are made, and no others:', () => {
  test.each<
    [
      string,
      (b: Backend, root: string) => Promise<unknown>,
      (b: Backend) => Promise<unknown>,
      string[],
      string[]?,
    ]
  >([
    ['create', nothing, (b) => b.update(KEY, { n: 1 }, {}), CREATION],
    [
      'create after a removal',
      async (b, root) => {
        await inUse(b);
        await b.remove(KEY, {});
        await until('it is cleared away', () => readdirSync(removedIn(root)).length === 0);
      },
      (b) => b.update(KEY, { n: 1 }, {}),
      ['meta.1.jsonl', 'directory of the session', '/agents/main/sessions/sessions.d'],
    ],
    ['update', inUse, (b) => b.update(KEY, { n: 1 }, {}), ['meta.1.jsonl']],
    ['append', inUse, (b) => b.append(KEY, note, {}, {}), ['<id>.jsonl', 'meta.1.jsonl']],
    [
      'the first append',
      (b) => b.update(KEY, { n: 0 }, {}),
      (b) => b.append(KEY, note, {}, {}),
      ['meta.1.jsonl', '<id>.jsonl', 'meta.1.jsonl', 'directory of the session'],
    ],
    [
      'reset',
      inUse,
      (b) => b.reset(KEY, { reason: 'new', keep: 'all' }, {}),
      [...ARCHIVING, '<id>.jsonl', 'directory of the session', 'meta.1.jsonl'],
      ['directory of the session', ...ARCHIVING],
    ],
    [
      'adopt the next conversation',
      inUse,
      (b) => {
        const times = { archivedAt: 1, beganAt: 1, updatedAt: 1 };
        return b.adoptNext(KEY, { reason: 'new', sessionId: ID, entry: {}, ...times }, {});
      },
      [...ARCHIVING, '<id>.jsonl', 'directory of the session', 'meta.1.jsonl'],
      ['directory of the session', ...ARCHIVING],
    ],
    [
      'restore',
      async (b) => {
        await inUse(b);
        await b.reset(KEY, { reason: 'new', keep: 'all' }, {});
      },
      async (b) => b.restore(KEY, (await b.archives(KEY))[0]?.sessionId ?? 'none', {}),
      [...ARCHIVING, 'meta.1.jsonl', 'meta.1.jsonl'],
      [...repeat(2, 'directory of the session'), ...ARCHIVING, 'meta.1.jsonl'],
    ],
    [
      'remove',
      inUse,
      (b) => b.remove(KEY, {}),
      ['meta.1.jsonl', '/agents/main/sessions/removed'],
      ['/agents/main/sessions/removed'],
    ],
    [
      'adopt',
      nothing,
      (b) => b.adopt(KEY, { sessionId: 'old', entry: {}, createdAt: 1, updatedAt: 1 }),
      CREATION,
    ],
  ])('%s with power, and with process what was there before needs', async (...row) => {
    const [_, prepare, run, power, process = []] = row;
    // Those of one call that wait for nothing are made side by side.
    expect((await syncsOf('power', prepare, run)).sort()).toEqual([...power].sort());
    expect((await syncsOf('process', prepare, run)).sort()).toEqual([...process].sort());
  });

  test('what was committed is synced before it is archived, and a restore before an archive goes', async () => {
    const reset = (b: Backend) => b.reset(KEY, { reason: 'new', keep: 'all' }, {});
    for (const durability of ['process', 'power'] as const) {
      const synced = await syncsOf(durability, inUse, reset);
      expect(synced.indexOf('meta.1.jsonl')).toBe(0);
      expect(synced).toContain('<id>.archived.json.tmp');
    }
  });

  test('the name of a new store and of each directory above it is synced at its opening', async () => {
    const root = temporaryDirectory();
    const system = new FaultySystem();
    await openStoreAt(join(root, 'new', 'store'), { system });
    const synced = system.calls.filter(({ name }) => name === 'fsync').map(({ path }) => path);
    expect(synced).toEqual([root, join(root, 'new')]);
  });

  test('a fold syncs its new file and its name with either, before the old one goes', async () => {
    const fold = async (backend: Backend, root: string) => {
      for (let n = 1; n <= 8; n++) await backend.update(KEY, largePatch(n), {});
      await until('the fold has ended', () => generationsOf(root, KEY).join() === '2');
      await backend.update(KEY, largePatch(9), {});
    };
    const prepare = (backend: Backend, root: string) => untilFoldIsNear(backend, root, KEY);
    expect(await syncsOf('process', prepare, fold, ['fsync', 'fdatasync', 'unlink'])).toEqual([
      'meta.2.jsonl.tmp',
      'directory of the session',
      'meta.1.jsonl',
    ]);
    const power = await syncsOf('power', prepare, fold);
    expect(power).toContain('meta.2.jsonl.tmp');
    // The first commit of a log syncs its name as well; whether that is the last update or one that
    // ran beside the fold is a matter of timing.
    const since = power.slice(power.indexOf('meta.2.jsonl.tmp') + 1);
    expect(since).toContain('directory of the session');
    expect(since).toContain('meta.2.jsonl');
  });

  test('a blob and its name are synced with either, before a log refers to it', async () => {
    const prepare = async (backend: Backend) => {
      await inUse(backend);
      await backend.update('agent:main:other', { large }, {});
    };
    const set = (backend: Backend) => backend.update(KEY, { large }, {});
    const above = '/agents/main/sessions';
    const [blob, directory, ...rest] = await syncsOf('process', prepare, set);
    expect(blob).toMatch(/\/blobs\/[0-9a-f]{64}\.json\.tmp-/);
    expect([directory, ...rest]).toEqual(['directory of the blobs', above]);
    expect((await syncsOf('power', prepare, set)).slice(1)).toEqual([
      'directory of the blobs',
      above,
      'meta.1.jsonl',
    ]);
  });
});

test('R4.8 writes that wait for a sync together share one', async () => {
  const system = new FaultySystem();
  const { store } = await openStoreAt(temporaryDirectory(), { system, durability: 'power' });
  const session = store.session(KEY);
  await session.update({ n: -1 });
  system.forget();
  await Promise.all(Array.from({ length: 50 }, (_, n) => session.update({ n })));
  expect(system.names.filter((name) => name === 'fdatasync').length).toBeLessThanOrEqual(2);
  expect((await session.read())?.rev).toBe(51);
});

test('R4.8 a sync that fails is OUTCOME_UNKNOWN, and nothing is acknowledged in that log again', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store, backend } = await openStoreAt(root, { system, durability: 'power' });
  await inUse(backend);
  const log = `${directoryOf(root, KEY)}/meta.1.jsonl`;
  system.intervene = ({ name, path }) =>
    name === 'fdatasync' && path === log ? { errno: 'EIO' } : undefined;
  expect(await outcomeOf(() => backend.update(KEY, { n: 1 }, {}))).toBe('OUTCOME_UNKNOWN');
  system.mend();
  // The kernel reports a lost write once: a second sync of that file would say that all is well.
  system.forget();
  let n = 2;
  await until('a fold has written the log anew', async () => {
    n += 1;
    return (await outcomeOf(() => backend.update(KEY, { n }, {}))) === undefined;
  });
  const synced = system.calls.filter(({ name }) => /sync$/.test(name)).map(({ path }) => path);
  expect(synced).not.toContain(log);
  expect(synced.some((path) => path.includes('/meta.2.jsonl'))).toBe(true);
  await store.close();
  const { backend: reader } = await openStoreAt(root);
  expect((await viewOf(reader, KEY)).records).toEqual(['said']);
});

test('R4.8 the levels of durability are documented', () => {
  const page = readFileSync(new URL('../../docs/guarantees.md', import.meta.url), 'utf8');
  expect(page).toContain("| event | `durability: 'process'` (default) | `durability: 'power'` |");
  expect(page).toMatch(/a sync fails .*OUTCOME_UNKNOWN/);
});
