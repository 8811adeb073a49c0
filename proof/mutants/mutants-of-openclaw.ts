/** Mutants of what takes over from OpenClaw. */
import type { Mutant } from './mutants.ts';

const FORMER = 'test/openclaw/former-conversations.test.ts';
const RELEASE = 'test/openclaw/release.test.ts';
const INTERRUPTED = 'test/openclaw/interrupted-release.test.ts';
const ODD = 'test/openclaw/odd-entries.test.ts';
const KILLED = 'test/openclaw/database-killed.test.ts';
const UNTOUCHED = 'test/openclaw/database-untouched.test.ts';

export const MUTANTS_OF_OPENCLAW: readonly Mutant[] = [
  {
    name: 'half-a-session-taken-for-a-whole',
    file: 'src/openclaw/adopt-agent.ts',
    find: 'at = conversations.findIndex(({ sessionId }) => sessionId === there.sessionId);',
    replace: 'at = conversations.length - 1;',
    killedBy: { file: FORMER, test: 'C.14 follows where a run died between it and the active' },
  },
  {
    name: 'oldest-spelling-wins',
    file: 'src/openclaw/case-variants.ts',
    find: 'candidate.updatedAt > best.updatedAt',
    replace: 'candidate.updatedAt < best.updatedAt',
    killedBy: {
      file: ODD,
      test: 'R7.9 wins over other spellings of its key when it is the newest',
    },
  },
  {
    name: 'second-transcript-for-an-adopted-archive',
    file: 'src/backends/files/adopt-next.ts',
    find: 'const begins = transcriptPlace(context.system.fs, session, sessionId, given).path === beside;',
    replace: 'const begins = true;',
    killedBy: {
      file: FORMER,
      test: 'R5.1 is an archive of the session that counts it among its own',
    },
  },
  {
    name: 'refused-entries-lost',
    file: 'src/openclaw/release/list-order.ts',
    find: 'order.entries.push({ former: entry });',
    replace: '',
    killedBy: { file: RELEASE, test: 'R8.3 keeps entries of any shape that were no sessions' },
  },
  {
    name: 'removed-sessions-come-back',
    file: 'src/openclaw/release/former-list.ts',
    find: 'ledger.has(key) || ledger.has(canonical)',
    replace: 'ledger.has(key) && key === canonical && false',
    killedBy: { file: RELEASE, test: 'R7.8 does not bring back what was removed' },
  },
  {
    name: 'former-list-overwritten',
    file: 'src/openclaw/release/install-prepared.ts',
    find: 'const copy = await copyOf(system, placed);',
    replace: "const copy = { path: '', another: false };",
    killedBy: { file: RELEASE, test: 'writes private files and deletes nothing' },
  },
  {
    name: 'release-moves-before-all-is-written',
    file: 'src/openclaw/release/release-into.ts',
    find: "stamp, phase: 'writing', renames: [] };",
    replace: "stamp, phase: 'moving', renames: [], report: report(root, ask, plan, told) };",
    killedBy: { file: INTERRUPTED, test: 'C.15 says so with EIO at any call' },
  },
  {
    name: 'records-of-a-former-run-written-again',
    file: 'src/openclaw/sqlite/copy-transcript.ts',
    find: 'const there = copy.begun ? await BegunTranscript.open(copy) : undefined;',
    replace:
      'const there = copy.begun && copy.key === "" ? await BegunTranscript.open(copy) : undefined;',
    killedBy: { file: KILLED, test: 'writes no record again, however long the transcript is' },
  },
  {
    name: 'database-without-its-log',
    file: 'src/openclaw/sqlite/database-files.ts',
    find: "of ['', '-wal', '-journal'] as const",
    replace: "of ['', '-journal'] as const",
    killedBy: { file: UNTOUCHED, test: 'is read with what only its log has' },
  },
  {
    name: 'database-that-changed-taken-for-the-same',
    file: 'src/openclaw/sqlite/database-files.ts',
    find: 'if (size !== this.#facts.size || mtimeMs !== this.#facts.mtimeMs) return false;',
    replace: 'if (size !== this.#facts.size) return mtimeMs > 0;',
    killedBy: { file: UNTOUCHED, test: 'by a checkpoint is left where it is, and told' },
  },
];
