/** Mutants that hostile input and odd machines kill, and the faults that these have found. */
import type { Mutant } from './mutants.ts';

const FILES = 'src/backends/files';
const PLANTED = 'proof/hostile/everything-planted.proof.ts';
const VALUES = 'proof/hostile/hostile-values.proof.ts';
const NAMES = 'proof/hostile/planted-names.proof.ts';

export const MUTANTS_OF_ATTACKS: readonly Mutant[] = [
  {
    name: 'link-followed',
    file: 'src/system/file-system.ts',
    find: '(fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0)',
    replace: '(fs.constants.O_NONBLOCK ?? 0)',
    killedBy: { file: PLANTED, test: 'R7.10 R11.4 a link to nothing in' },
  },
  {
    name: 'link-for-a-directory-followed',
    file: `${FILES}/safe-path.ts`,
    find: 'if (facts.isDirectory()) return true;',
    replace: 'if (facts.isDirectory() || facts.isSymbolicLink()) return true;',
    killedBy: { file: PLANTED, test: 'R7.10 R11.4 a link, with paths that are not pinned,' },
  },
  {
    name: 'second-name-not-noticed',
    file: `${FILES}/safe-path.ts`,
    find: 'if (facts.nlink > 1)',
    replace: 'if (facts.nlink > 1_000)',
    killedBy: { file: PLANTED, test: 'R7.10 R11.4 a second name in' },
  },
  {
    name: 'foreign-journal-hides-sessions',
    file: `${FILES}/journal-reader.ts`,
    find: "if (isForeign(cause)) return 'gap';",
    replace: '',
    killedBy: { file: 'test/files/foreign-journals.test.ts', test: 'R7.4 journals with a FIFO' },
  },
  {
    name: 'paths-not-pinned',
    file: `${FILES}/open-files.ts`,
    find: 'closing.confine?.(closing.fs, real) ?? closing.fs',
    replace: 'closing.fs',
    killedBy: {
      file: 'proof/hostile/swapped-directories.proof.ts',
      test: 'R7.10 R1.9 sessions.d exchanged',
    },
  },
  {
    name: 'modes-not-set',
    file: `${FILES}/transcript-log.ts`,
    find: 'OPEN.appendOrCreate, 0o600)',
    replace: 'OPEN.appendOrCreate, 0o666)',
    killedBy: { file: NAMES, test: 'R1.7 files and directories' },
  },
  {
    name: 'temp-name-used-again',
    file: `${FILES}/write-whole.ts`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the source
    find: '`${path}.tmp-${system.random.token()}`',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the source
    replace: "`${path}.tmp-${'0'.repeat(32)}`",
    killedBy: { file: 'test/files/clock.test.ts', test: 'R1.11 two replacements of one file' },
  },
  {
    name: 'planted-temp-name-opened',
    file: `${FILES}/write-whole.ts`,
    find: 'fs.open(temporary, OPEN.createNew, 0o600)',
    replace: 'fs.open(temporary, OPEN.appendOrCreate, 0o600)',
    killedBy: { file: NAMES, test: 'R1.11 R7.10 as a link out of the store' },
  },
  {
    name: 'mount-not-probed',
    file: `${FILES}/open-root.ts`,
    find: "kind === 'unknown' && !(await system.mount.excludes(path))",
    replace: "kind === 'unknown' && !path",
    killedBy: { file: NAMES, test: 'R11.3 is refused when a store is opened on it' },
  },
  {
    name: 'any-depth-believed',
    file: `${FILES}/freeze-deep.ts`,
    find: 'if (level > LEVELS_MAX)',
    replace: 'if (level < 0)',
    killedBy: { file: VALUES, test: 'R8.3 a line of a log with 100,000 levels' },
  },
  {
    name: 'any-bytes-are-text',
    file: `${FILES}/log-line.ts`,
    find: 'if (text === undefined && !isUtf8(bytes))',
    replace: 'if (bytes.length < 0 && !isUtf8(bytes))',
    killedBy: { file: VALUES, test: 'R8.3 bytes that are no UTF-8 in a line of a log' },
  },
  {
    name: 'renamed-while-open',
    file: `${FILES}/fold-log.ts`,
    find: '  await closed(system, prepared);\n  const path',
    replace: '  const path',
    killedBy: { file: 'test/files/linked-twice.test.ts', test: 'R7.10 what the store itself' },
  },
];
