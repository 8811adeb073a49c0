/** Names: those that somebody has planted before us, those that are one on some disks, and mounts that lie. */
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentFolder, sessionFolder } from '../../src/backends/files/layout.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { refused } from '../../test/files/collect.ts';
import { openStoreAt } from '../../test/files/open-store-at.ts';
import { directoryOf, pathsOf } from '../../test/files/paths-of-session.ts';
import { temporaryDirectory } from '../../test/files/temporary-directory.ts';
import { bytesOf, filesMatching, treeOf } from '../../test/files/tree-of.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { size } from '../frame/size.ts';

const KEY = 'agent:main:planted';
const TOKEN = 'ab'.repeat(16);
/** A world in which somebody knows which name comes next. */
const foreseen: System = { ...realSystem, random: { ...realSystem.random, token: () => TOKEN } };

describe('a temp name that is there already', () => {
  it('R1.11 R7.10 as a link out of the store or a second name: what it points to is not written, and the call is refused', async () => {
    const above = temporaryDirectory();
    const root = join(above, 'store');
    const outside = join(above, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'precious'), 'precious');
    const { store } = await openStoreAt(root);
    const { sessionId } = await store.session(KEY).update({ n: 1 });
    await store.close();
    const archive = join(directoryOf(root, KEY), `${sessionId}.archived.json`);
    const plants: ((planted: string) => void)[] = [
      (planted) => symlinkSync(join(outside, 'precious'), planted),
      (planted) => symlinkSync(join(outside, 'made'), planted),
      (planted) => linkSync(join(outside, 'precious'), planted),
    ];
    for (const plant of plants) {
      const planted = `${archive}.tmp-${TOKEN}`;
      const { store: again } = await openStoreAt(root, { system: foreseenAfterOpening() });
      plant(planted);
      const before = bytesOf(outside);
      await refused('IO_FAILED', again.session(KEY).reset());
      expect(bytesOf(outside)).toEqual(before);
      expect((await again.session(KEY).read())?.sessionId).toBe(sessionId);
      await again.close();
    }
  });
});

/** Opening needs a name of its own; only what comes after it is foreseen. */
function foreseenAfterOpening(): System {
  let names = 0;
  const token = () => (names++ === 0 ? realSystem.random.token() : TOKEN);
  return { ...foreseen, random: { ...realSystem.random, token } };
}

it('R7.2 keys have directories that no disk takes for one: blind to case, to normal forms, to trailing dots', () => {
  const { seed } = beginRun('hostile', 'names');
  const began = performance.now();
  const runs = size(10_000, 200_000);
  const seen = new Map<string, string>();
  const part = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      'CON',
      'con',
      'nul',
      'É',
      'é',
      'e\u0301',
      'K',
      'k',
      '\u212a',
      'ß',
      'ss',
      'a.',
      'a',
      'A',
      'a ',
    ),
  );
  const check = fc.property(
    part,
    fc.constantFrom('agent:main:', 'agent:Main:', ''),
    (tail, head) => {
      const key = `${head}${tail}`;
      const folder = sessionFolder(key);
      expect(folder).toMatch(/^[a-z0-9][a-z0-9-]{0,39}~[0-9a-f]{32}$/);
      const folded = folder.normalize('NFKC').toLowerCase();
      expect(seen.get(folded) ?? key).toBe(key);
      seen.set(folded, key);
      expect(agentFolder(tail)).toMatch(/^[a-z0-9][a-z0-9_~-]{0,97}$/);
      expect(agentFolder(tail)).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)$/);
    },
  );
  fc.assert(check, { seed, numRuns: runs });
  keepFigure('hostile', {
    what: 'names of keys',
    count: runs,
    found: { collisions: 0 },
    seconds: (performance.now() - began) / 1_000,
    seed,
  });
});

describe('a mount that grants a lock twice', () => {
  const lying: System = {
    ...realSystem,
    mount: { kind: () => 'unknown', excludes: async () => false },
  };

  it('R11.3 is refused when a store is opened on it, and nothing stays there', async () => {
    const root = join(temporaryDirectory(), 'store');
    const error = await refused('STORE_UNSUPPORTED', openStoreAt(root, { system: lying }));
    expect(error.message).toContain('a second process was granted a lock that is held');
    expect(treeOf(root).map(({ path }) => path)).toEqual(['', 'holdfast.json']);
  });

  it('R11.3 and one that other machines share is refused without a look', async () => {
    const shared: System = { ...lying, mount: { ...lying.mount, kind: () => 'shared' } };
    const root = join(temporaryDirectory(), 'store');
    await refused('STORE_UNSUPPORTED', openStoreAt(root, { system: shared }));
  });
});

it('R1.7 files and directories are for their owner alone under umask 0, whatever made them', async () => {
  const umask = process.umask(0);
  try {
    const root = join(temporaryDirectory(), 'store');
    const { store } = await openStoreAt(root);
    const skills = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };
    for (const tail of ['one', 'two', 'three']) {
      const session = store.session(`agent:main:${tail}`);
      await session.update({ skills });
      await session.append({ type: 'note' });
      await session.turn(() => undefined);
      await session.reset();
    }
    await store.session('agent:main:one').remove();
    await store.close();
    const wrong = treeOf(root).filter(
      ({ kind, mode }) => mode !== (kind === 'directory' ? '700' : '600'),
    );
    expect(wrong.map(({ path, mode }) => `${path} ${mode}`)).toEqual([]);
    expect(filesMatching(pathsOf(root, 'main').blobs, /json$/).length).toBeGreaterThan(0);
  } finally {
    process.umask(umask);
  }
});
