/** Mutants that the proofs of faults kill. */
import type { Mutant } from './mutants.ts';

const FILES = 'src/backends/files';
const CHANGES = 'proof/faults/changes.proof.ts';
const FILLING = 'proof/faults/filling.proof.ts';

export const MUTANTS_OF_FAULTS: readonly Mutant[] = [
  {
    name: 'commit-not-taken-back',
    file: `${FILES}/commit-line.ts`,
    find: 'context.system.fs.ftruncateSync(session.log.fd, size);',
    replace: '',
    killedBy: { file: FILLING, test: 'C.15 update: a disk that fills up' },
  },
  {
    name: 'append-not-taken-back',
    file: `${FILES}/append-record.ts`,
    find: 'context.system.fs.ftruncateSync(transcript.fd, size);',
    replace: '',
    killedBy: { file: FILLING, test: 'C.15 append: a disk that fills up' },
  },
  {
    name: 'rest-of-a-short-write-dropped',
    file: 'src/system/write-bytes.ts',
    find: 'at += progress(fs.writeSync(fd, bytes, at, bytes.length - at));',
    replace: 'fs.writeSync(fd, bytes, at, bytes.length - at);\n    at = bytes.length;',
    killedBy: { file: FILLING, test: 'C.15 update: a disk that fills up' },
  },
  {
    name: 'torn-tail-appended-to',
    file: `${FILES}/commit-line.ts`,
    find: 'if (log.fileSize === log.size) return write();',
    replace: 'if (log.size >= 0) return write();',
    killedBy: { file: CHANGES, test: 'C.15 update: whichever call fails' },
  },
  {
    name: 'descriptor-of-a-lock-leaked',
    file: `${FILES}/session-lock.ts`,
    find: '      fs.closeSync(fd);\n      throw cause;',
    replace: '      throw cause;',
    killedBy: { file: CHANGES, test: 'C.15 update: whichever call fails' },
  },
  {
    name: 'failed-sync-retried',
    file: `${FILES}/acknowledge.ts`,
    find: 'return group.wait(fd).catch((cause) => {',
    replace: 'return group.wait(fd).catch(() => group.wait(fd)).catch((cause) => {',
    killedBy: { file: CHANGES, test: 'C.15 update: whichever call fails' },
  },
  {
    name: 'another-sync-believed-after-one-that-failed',
    file: `${FILES}/acknowledge.ts`,
    find: 'if (session.foldRequired) return whenWrittenAnew(context, session);',
    replace: '',
    killedBy: {
      file: 'test/faults/after-a-fault.test.ts',
      test: 'C.15 after a sync that failed nothing is acknowledged',
    },
  },
  {
    name: 'creation-not-taken-back',
    file: `${FILES}/undo-creation.ts`,
    find: 'await undo(context, session, first, cause);',
    replace: '',
    killedBy: { file: CHANGES, test: 'C.15 append to a missing session: whichever call fails' },
  },
  {
    name: 'temp-file-left',
    file: `${FILES}/write-whole.ts`,
    find: 'await discard(system, temporary);',
    replace: '',
    killedBy: { file: CHANGES, test: 'C.15 reset: whichever call fails' },
  },
  {
    name: 'close-refuses-what-was-committed',
    file: `${FILES}/open-files.ts`,
    find: 'new OpenedStore({ ...closing, fs }, real, options)',
    replace: 'new OpenedStore(system, real, options)',
    killedBy: { file: CHANGES, test: 'C.15 reset: whichever call fails' },
  },
  {
    name: 'removed-session-comes-back',
    file: `${FILES}/clear-away.ts`,
    find: 'if (create) emptyNow(context.system, session.directory);',
    replace: '',
    killedBy: { file: CHANGES, test: 'C.15 create: whichever call fails' },
  },
  {
    name: 'repair-not-seen-by-others',
    file: `${FILES}/session-log.ts`,
    find: 'this.damage && (this.#replay.isMended() || !this.#isLast())',
    replace: 'this.damage && this.#replay.isMended()',
    killedBy: { file: 'proof/faults/looks.proof.ts', test: 'C.15 repair of a log: whichever call' },
  },
  {
    name: 'full-disk-not-named',
    file: `${FILES}/io-error.ts`,
    find: "ENOSPC: 'DISK_FULL',",
    replace: '',
    killedBy: {
      file: 'proof/faults/full-disk.proof.ts',
      test: 'append of 90 KB C.15 a disk of 1 MiB with room for a part of it',
    },
  },
];
