import { renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sessionFolder } from '../../src/backends/files/layout.ts';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { treeOf } from './tree-of.ts';

const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
const ODD_TAILS = [
  ...['main', 'Main', 'a:b', 'a/b', 'a\\b', 'a%2Fb', 'a--b', 'a-b', 'a.', 'a. ', 'a', 'con', 'NUL'],
  ...[
    '../../x',
    '..',
    '.',
    '/etc/passwd',
    'C:\\x',
    '🦀',
    'é',
    'e\u0301',
    'ß',
    'ss',
    'x'.repeat(400),
  ],
  ...['__proto__', 'thread:1', ' ', '~', 'lock', 'meta.1.jsonl', '%00', '\u202e'],
];

describe('a session key', () => {
  test(`R7.2 has a directory of its own whatever is in it (seed ${seed})`, () => {
    const tail = fc.oneof(
      fc.constantFrom(...ODD_TAILS),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
      fc
        .array(fc.constantFrom(...ODD_TAILS), { minLength: 1, maxLength: 4 })
        .map((all) => all.join(':')),
    );
    const folders = new Map<string, string>();
    fc.assert(
      fc.property(tail, (text) => {
        const key = `agent:main:${text}`;
        const folder = sessionFolder(key);
        expect(folder).toMatch(/^[a-z0-9-]{1,40}~[0-9a-f]{32}$/);
        const first = folders.get(folder.toLowerCase()) ?? key;
        expect(first).toBe(key);
        folders.set(folder.toLowerCase(), key);
      }),
      { seed, numRuns: 3_000 },
    );
  });

  test('R7.2 that is odd is kept exactly, and differs from those that look alike', async () => {
    const { store } = await openStoreAt(temporaryDirectory());
    const keys = ODD_TAILS.flatMap((tail) => [`agent:main:${tail}`, tail]);
    for (const key of keys) await store.session(key).update({ key });
    for (const key of keys) {
      expect(await store.session(key).read()).toMatchObject({ key, rev: 1, entry: { key } });
    }
    const rows = await collect(store.list({ order: 'key' }));
    expect(rows.map(({ key }) => key).sort()).toEqual([...keys].sort());
  });

  test.each([
    ['an unpaired surrogate', 'agent:main:\ud800'],
    ['NUL', 'agent:main:a\0b'],
    ['nothing', ''],
    ['too much', `agent:main:${'x'.repeat(2_000)}`],
  ])('R7.2 with %s is refused, and nothing is made', async (_, key) => {
    const { store } = await openStoreAt(temporaryDirectory());
    const before = treeOf(store.location);
    expect(() => store.session(key)).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
    expect(treeOf(store.location)).toEqual(before);
  });

  test('R7.2 whose directory holds the log of another one is not served, and reported', async () => {
    const { store } = await openStoreAt(temporaryDirectory());
    await store.session('agent:main:theirs').update({ secret: true });
    await store.session('agent:main:mine').update({ mine: true });
    await store.close();
    const mine = directoryOf(store.location, 'agent:main:mine');
    rmSync(mine, { recursive: true });
    renameSync(directoryOf(store.location, 'agent:main:theirs'), mine);
    const { store: again } = await openStoreAt(store.location);
    const session = again.session('agent:main:mine');
    const error = await refused('ENTRY_DAMAGED', session.read());
    expect(error.lastGood).toBe(undefined);
    await refused('ENTRY_DAMAGED', session.update({ mine: 2 }));
    expect(await again.session('agent:main:theirs').read()).toBe(undefined);
    const { ok, problems } = await again.verify();
    expect(ok).toBe(false);
    expect(problems).toContainEqual(
      expect.objectContaining({ code: 'ENTRY_DAMAGED', path: relative(store.location, mine) }),
    );
  });
});

describe('a session id', () => {
  const IDS = [
    '../../x',
    'a/b',
    'a\\b',
    '',
    'x'.repeat(400),
    'CON',
    'con.txt',
    '.',
    '..',
    'a\0',
    'meta.1',
  ];

  test.each(IDS)('R1.9 that can not be one makes no file: %j', async (sessionId) => {
    const above = temporaryDirectory();
    const { store, backend } = await openStoreAt(join(above, 'store'));
    const session = store.session('agent:main:main');
    await session.update({ n: 1 });
    const before = treeOf(above);
    await refused('INVALID_ENTRY', session.restore(sessionId));
    await refused('INVALID_ENTRY', collect(session.transcript({ sessionId })));
    await refused('INVALID_ENTRY', session.update({ sessionId }));
    const past = { sessionId, entry: {}, createdAt: 1, updatedAt: 1 };
    await refused('INVALID_ENTRY', backend.adopt('agent:main:adopted', past));
    const added = treeOf(above).filter(({ path }) => !before.some((leaf) => leaf.path === path));
    // The place of the key may be there already; nothing of the conversation is.
    const directory = relative(above, directoryOf(store.location, 'agent:main:adopted'));
    expect(
      added.filter(({ path }) => path !== directory && path !== join(directory, 'lock')),
    ).toEqual([]);
    expect(await session.read()).toMatchObject({ rev: 1, entry: { n: 1 } });
  });
});
