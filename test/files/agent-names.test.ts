import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentFolder } from '../../src/backends/files/layout.ts';
import { agentOf } from '../../src/model/session-key.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 1_000_000);
/** Names that no system makes into something else: no separator, device, dot or case. */
const SAFE = /^[a-z0-9][a-z0-9_-]{0,63}$|^[a-z0-9][a-z0-9-]{0,39}~[0-9a-f]{32}$/;
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/;

const LONG = 'a'.repeat(300);
const AGENTS = [
  ...['main', 'Main', 'MAIN', 'con', 'CON', 'nul.txt', 'lpt1', LONG, `${LONG}b`, '../x', '..', '.'],
  ...[
    'a/b',
    'a\\b',
    'a b',
    'a.',
    'a',
    '(multiple)',
    '{agentId}',
    '~',
    'main ',
    'maín',
    'mai\u0301n',
  ],
  ...['__proto__', 'constructor', 'sessions', 'sessions.d', '日本', '🦀', 'agents', '-x', '_x'],
];
describe('an agent', () => {
  test('R1.6 has a directory that no other agent has, on a disk without case as well', () => {
    const folders = AGENTS.map(agentFolder);
    expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(AGENTS.length);
    for (const name of folders) {
      expect(name).toMatch(SAFE);
      expect(name).not.toMatch(DEVICES);
    }
  });

  test(`R1.6 has one of its own whatever its name (seed ${seed})`, () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(agentFolder(one)).toMatch(SAFE);
        if (one === other) return;
        expect(agentFolder(one).toLowerCase()).not.toBe(agentFolder(other).toLowerCase());
      }),
      { seed, numRuns: 2_000 },
    );
  });

  test.each([
    ['with backslashes', 'state\\agents\\other\\sessions'],
    ['with a parent in it', 'a/../agents/other/b'],
    ['with agents twice', 'agents/other/agents/another/sessions'],
    ['outside of any tree', 'elsewhere'],
  ])('R1.6 comes from the key, not from the path: %s', async (_, path) => {
    const above = temporaryDirectory();
    mkdirSync(join(above, 'a'));
    const { store } = await openStoreAt(join(above, path));
    for (const agentId of ['main', 'third']) {
      const session = store.session(`agent:${agentId}:main`);
      await session.update({ agentId });
      expect((await session.read())?.agentId).toBe(agentId);
      expect(existsSync(directoryOf(store.location, session.key))).toBe(true);
    }
    expect(readdirSync(join(store.location, 'agents')).sort()).toEqual(['main', 'third']);
    expect((await collect(store.list())).map((row) => row.agentId).sort()).toEqual([
      'main',
      'third',
    ]);
  });

  test('R1.6 R9.3 of an odd name keeps its sessions apart, inside of the store', async () => {
    const above = temporaryDirectory();
    const { store } = await openStoreAt(join(above, 'store'));
    const named = AGENTS.filter((agentId) => agentOf(`agent:${agentId}:main`) === agentId);
    expect(named.length).toBeGreaterThan(25);
    for (const agentId of named) await store.session(`agent:${agentId}:main`).update({ agentId });
    for (const agentId of named) {
      const state = await store.session(`agent:${agentId}:main`).read();
      expect(state).toMatchObject({ agentId, rev: 1, entry: { agentId } });
    }
    expect(readdirSync(above)).toEqual(['store']);
    expect(readdirSync(store.location).sort()).toEqual(['agents', 'holdfast.json']);
    expect(readdirSync(join(store.location, 'agents'))).toHaveLength(named.length);
  });
});
