/** Mutants of the mirror for the tools of OpenClaw. */
import type { Mutant } from './mutants.ts';

const CRASHES = 'test/openclaw/mirror-crashes.test.ts';
const EDITS = 'test/openclaw/mirror-edits.test.ts';
const RACES = 'test/openclaw/mirror-races.test.ts';

export const MUTANTS_OF_MIRROR: readonly Mutant[] = [
  {
    name: 'own-file-taken-for-an-edit',
    file: 'src/openclaw/mirror/take-over-edits.ts',
    find: 'const former = written?.placed ? undefined : written?.former.get(key);',
    replace: 'const former: Marks | undefined = undefined;',
    killedBy: {
      file: CRASHES,
      test: 'C.14 before any call of a write of what the store has changed leaves nothing that the next one does not complete',
    },
  },
  {
    name: 'torn-mirror-taken-for-an-empty-one',
    file: 'src/openclaw/mirror/look-at-file.ts',
    find: "if ('reason' in read) return { kind: 'broken', identity, reason: read.reason };",
    replace:
      "if ('reason' in read) return { kind: 'whole', identity, list: { entries: [], repeated: [], mtimeMs: 0 } };",
    killedBy: { file: EDITS, test: 'C.5 R8.2 because the file is half of it removes no session' },
  },
  {
    name: 'conflict-lost-by-the-store',
    file: 'src/openclaw/mirror/compare-entry.ts',
    find: 'else if (isWritten(name, ours, bases)) {',
    replace: 'else if (bases.length > 0) {',
    killedBy: {
      file: EDITS,
      test: 'that meets a change of the store is kept beside, and the store stays',
    },
  },
  {
    name: 'edit-in-between-overwritten',
    file: 'src/openclaw/mirror/place-mirror.ts',
    find: 'if (!sameFile(facts && identityOf(facts), before)) return;',
    replace: 'if (facts?.size === -1 || before?.size === -1) return;',
    killedBy: { file: RACES, test: 'an edit of the present one is not lost' },
  },
  {
    name: 'two-writers-of-a-mirror',
    file: 'src/openclaw/mirror/writer-lock.ts',
    find: "if (!lock.tryLock(fd)) return 'no';",
    replace: 'lock.tryLock(fd);',
    killedBy: { file: RACES, test: 'that was deleted makes it give way to another one' },
  },
  {
    name: 'lock-without-a-name-kept',
    file: 'src/openclaw/mirror/writer-lock.ts',
    find: 'return named?.ino === held.ino && named.dev === held.dev && held.nlink === 1;',
    replace: 'return named?.ino !== -1 && held.nlink >= 0;',
    killedBy: { file: RACES, test: 'that was deleted makes it give way to another one' },
  },
  {
    name: 'mirror-without-rest',
    file: 'src/openclaw/mirror/mirror.ts',
    find: 'const REST = 9;',
    replace: 'const REST = 0;',
    killedBy: {
      file: 'test/openclaw/mirror-rate.test.ts',
      test: 'that takes 7000 ms takes a tenth of the time at most',
    },
  },
  {
    name: 'live-lock-of-the-list-taken',
    file: 'src/openclaw/mirror/list-lock.ts',
    find: 'if (!old && !gone) return;',
    replace: 'if (clock.now() < 0) return;',
    killedBy: {
      file: 'test/openclaw/mirror-lock.test.ts',
      test: 'is respected while its process lives',
    },
  },
];
