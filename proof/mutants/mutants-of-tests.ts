/** Mutants that tests in `test/` kill. Those that a proof kills stand in `mutants.ts`. */
import type { Mutant } from './mutants.ts';

const FILES = 'src/backends/files';
const ONE_AT_A_TIME = 'test/files/one-at-a-time.test.ts';
const SYNCS = 'test/faults/durability.test.ts';

export const MUTANTS_OF_TESTS: readonly Mutant[] = [
  {
    name: 'no-lock',
    file: `${FILES}/session-lock.ts`,
    find: "return this.#system.lock.tryLock(this.fd) ? 'taken' : 'busy';",
    replace: "this.#system.lock.tryLock(this.fd);\n      return 'taken';",
    killedBy: { file: ONE_AT_A_TIME, test: 'C.6 a commit that takes long keeps the other' },
  },
  {
    name: 'lock-not-rechecked',
    file: `${FILES}/session-files.ts`,
    find: 'if (lock.isInPlace() && !(',
    replace: 'if (!(',
    killedBy: { file: ONE_AT_A_TIME, test: 'C.6 a lock of a session that was removed' },
  },
  {
    name: 'short-write-ignored',
    file: `${FILES}/disk.ts`,
    find: 'if (written !== bytes) writeBytesNow(fs, fd, text, written);',
    replace: '',
    killedBy: {
      file: 'test/faults/short-writes.test.ts',
      test: "'update' C.15 a write that takes only a part is finished, whatever the part, on",
    },
  },
  {
    name: 'short-write-ignored-off-the-event-loop',
    file: 'src/system/write-bytes.ts',
    find: 'at += progress(await fs.write(fd, bytes, at, bytes.length - at));',
    replace: 'await fs.write(fd, bytes, at, bytes.length - at);\n    at = bytes.length;',
    killedBy: {
      file: 'test/faults/short-writes.test.ts',
      test: "'reset' C.15 a write that takes only a part is finished, whatever the part, on",
    },
  },
  {
    name: 'torn-tail-not-cut',
    file: `${FILES}/cut-torn-tail.ts`,
    find: '  fs.ftruncateSync(fd, from);\n',
    replace: '',
    killedBy: { file: 'test/files/torn-logs.test.ts', test: 'C.10 that ends in half a line' },
  },
  {
    name: 'sync-of-file-left-out',
    file: `${FILES}/sync-group.ts`,
    find: 'running: this.#system.fs.fdatasync(fd).finally(() => {',
    replace: 'running: Promise.resolve().finally(() => {',
    killedBy: { file: SYNCS, test: 'update with power, and with process' },
  },
  {
    name: 'sync-of-file-left-out-of-a-fold',
    file: `${FILES}/fold-log.ts`,
    find: 'await system.fs.fsync(fd);',
    replace: '',
    killedBy: { file: SYNCS, test: 'a fold syncs its new file and its name' },
  },
  {
    name: 'fold-that-is-never-ended',
    file: `${FILES}/fold-log.ts`,
    find: ' || hasFormerFold(session)',
    replace: '',
    killedBy: {
      file: 'test/faults/fold-sweep.test.ts',
      test: 'a fold whose end failed is ended with the next commit',
    },
  },
  {
    name: 'sync-of-directory-left-out',
    file: `${FILES}/acknowledge.ts`,
    find: 'bothEnded(syncDirectory(context.system, session.directory), ',
    replace: 'bothEnded(Promise.resolve(), ',
    killedBy: { file: SYNCS, test: 'create with power, and with process' },
  },
  {
    name: 'sync-of-directory-left-out-of-a-fold',
    file: `${FILES}/end-fold.ts`,
    find: '  await syncDirectory(context.system, session.directory);\n',
    replace: '',
    killedBy: { file: SYNCS, test: 'a fold syncs its new file and its name' },
  },
  {
    name: 'cached-read-without-check',
    file: `${FILES}/session-log.ts`,
    find: 'return this.#system.fs.readSync(this.fd, PROBE, 0, 1, this.size) === 0;',
    replace: 'return true;',
    killedBy: { file: 'test/conformance/files.test.ts', test: 'R7.3 what one store wrote' },
  },
  {
    name: 'precondition-outside-the-lock',
    file: `${FILES}/files-backend.ts`,
    find: `    const run = () =>
      acknowledge(this.#store, session, commitEntry(this.#store, session, change, guard));`,
    replace: `    const seen = session.look();
    if (guard.ifRev !== undefined && guard.ifRev !== (seen as LogState | undefined)?.rev) {
      return refuse(new Error('REV_CONFLICT'), key);
    }
    const run = () =>
      acknowledge(this.#store, session, commitEntry(this.#store, session, change, {}));`,
    killedBy: { file: ONE_AT_A_TIME, test: 'C.3 a condition that held when it was asked for' },
  },
  {
    name: 'fence-not-checked',
    file: 'src/contract/check-guard.ts',
    find: 'if (fence !== undefined && runningFence !== fence) throw turnLost(key, fence);',
    replace: '',
    killedBy: {
      file: 'test/store/turn-faults.test.ts',
      test: 'a turn that could not be told that it is lost is refused by the back end',
    },
  },
  {
    name: 'deletion-without-tombstone',
    file: `${FILES}/remove-session.ts`,
    find: 'commitLine(context, session, next, `{',
    replace: "session.note(next.rev, 'remove');\n  void (context, session, next, `{",
    killedBy: {
      file: 'test/conformance/files.test.ts',
      test: 'a session that the other store removed is gone',
    },
  },
  {
    name: 'journal-after-commit',
    file: `${FILES}/commit-line.ts`,
    find: `    const noted = session.note(next.rev, kind);
    return noted
      ? noted.then(() => appendToLog(context, session, next, text))
      : appendToLog(context, session, next, text);`,
    replace: `    const done = appendToLog(context, session, next, text);
    const noted = session.note(next.rev, kind);
    return noted ? noted.then(() => done) : done;`,
    killedBy: {
      file: 'test/faults/calls-of-a-commit.test.ts',
      test: 'R7.1 an update of a session that is in use is five calls',
    },
  },
  {
    name: 'blob-collected-too-early',
    file: `${FILES}/tidy-store.ts`,
    find: 'temporary !== undefined && clock.now() - temporary.mtimeMs > OLD_MS_MIN;',
    replace: 'temporary !== undefined && clock.now() > OLD_MS_MIN;',
    killedBy: { file: 'test/facts/leftovers.test.ts', test: 'C.11 an opening removes temp files' },
  },
  {
    name: 'blob-referred-to-before-it-is-synced',
    file: `${FILES}/write-whole.ts`,
    find: '      if (sync) await fs.fsync(fd);\n',
    replace: '',
    killedBy: { file: SYNCS, test: 'a blob and its name are synced with either' },
  },
  {
    name: 'nested-turn-waits-for-itself',
    file: 'src/store/turn-runner.ts',
    find: '    refuseNested(place, key);\n',
    replace: '    if (key === place) refuseNested(place, key);\n',
    killedBy: { file: 'test/store/nested-turn.test.ts', test: 'R6.6 a nested turn is refused' },
  },
];
