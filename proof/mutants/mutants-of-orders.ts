/** Mutants that interleavings, schedules, models and fuzzing kill, and the faults that these have found. */
import type { Mutant } from './mutants.ts';

const FILES = 'src/backends/files';
const ANNOUNCED = 'test/files/announced-changes.test.ts';
const SCHEDULES = 'proof/model/schedules.proof.ts';
const INTERLEAVINGS = 'proof/interleavings/interleavings.proof.ts';

export const MUTANTS_OF_ORDERS: readonly Mutant[] = [
  {
    name: 'listing-takes-a-removal-for-done',
    file: `${FILES}/session-index.ts`,
    find: "const isSilent = kind === 'remove' || kind === 'turn';",
    replace: 'const isSilent = false;',
    killedBy: { file: ANNOUNCED, test: 'a listing never shows a session that was removed' },
  },
  {
    name: 'older-line-settles-the-newer-one',
    file: `${FILES}/session-index.ts`,
    find: 'Math.max(known ?? 0, rev)',
    replace: 'rev',
    killedBy: { file: ANNOUNCED, test: 'a listing never misses a commit' },
  },
  {
    name: 'watcher-mixes-up-journals',
    file: `${FILES}/watch-changes.ts`,
    find: 'other.slot === slot && other.key === key',
    replace: 'other.key === key',
    killedBy: { file: ANNOUNCED, test: 'a watcher is told of a record' },
  },
  {
    name: 'change-lost-with-its-successor',
    file: `${FILES}/watch-changes.ts`,
    find: 'const former = before && (before.former ?? before.rev);',
    replace: 'const former = before && undefined;',
    killedBy: { file: ANNOUNCED, test: 'a watcher is told of a commit whose' },
  },
  {
    name: 'watch-skips-pending-keys',
    file: `${FILES}/watch-changes.ts`,
    find: "      if (told === 'later') continue;\n      this.#named.delete(id);\n",
    replace: "      this.#named.delete(id);\n      if (told === 'later') continue;\n",
    killedBy: { file: ANNOUNCED, test: 'a watcher is told of a record' },
  },
  {
    name: 'old-generation-removed-by-its-name',
    file: `${FILES}/end-fold.ts`,
    find: 'if (log.generation !== generation || !(await runsThrough(system, log, size, trailer))) return;',
    replace: 'if (size === 0 || trailer === "") return;',
    killedBy: { file: 'test/faults/fold-beside-removal.test.ts', test: 'a fold that ends after' },
  },
  {
    name: 'fold-of-another-log',
    file: `${FILES}/fold-log.ts`,
    find: '  if (!(await runsThrough(system, log, covered, trailer))) return undefined;\n',
    replace: '  if (log.size < covered || trailer === "") return undefined;\n',
    killedBy: { file: 'test/faults/fold-beside-removal.test.ts', test: 'a fold that was prepared' },
  },
  {
    name: 'saved-list-of-any-shape',
    file: `${FILES}/saved-list.ts`,
    find: '!Array.isArray(batch) || !batch.every(isRow)',
    replace: '!batch || !Array.isArray(batch)',
    killedBy: { file: 'test/files/saved-list-shapes.test.ts', test: 'with a row that is nothing' },
  },
  {
    name: 'stale-saved-list-believed',
    file: `${FILES}/session-index.ts`,
    find: 'this.#reader.continueAt(list.positions);',
    replace: 'this.#reader.skipToEnd();',
    killedBy: { file: SCHEDULES, test: 'a list that is saved meanwhile' },
  },
  {
    name: 'queue-out-of-order',
    file: `${FILES}/session-queue.ts`,
    find: 'this.#line.push(waiting);',
    replace: 'this.#line.unshift(waiting);',
    killedBy: { file: SCHEDULES, test: 'R2.6 the queue of a session' },
  },
  {
    name: 'closed-store-goes-on',
    file: 'src/store/lifecycle.ts',
    find: 'if (this.#closed) throw this.refusal();',
    replace: '',
    killedBy: { file: SCHEDULES, test: 'R1.10 what was accepted' },
  },
  {
    name: 'journal-left-open-by-a-close',
    file: `${FILES}/opened-store.ts`,
    find: 'for (const agent of this.#agents.values()) agent.journal.close();',
    replace: '',
    killedBy: { file: SCHEDULES, test: 'R1.10 what was accepted' },
  },
  {
    name: 'sync-that-began-too-early',
    file: `${FILES}/sync-group.ts`,
    find: '    syncs.next ??= syncs.running.then(',
    replace: '    if (syncs.running) return syncs.running;\n    syncs.next ??= syncs.running.then(',
    killedBy: { file: SCHEDULES, test: 'R4.8 with power nothing' },
  },
  {
    name: 'descriptor-closed-under-its-user',
    file: `${FILES}/session-files.ts`,
    find: '    if (!this.idle) return false;\n',
    replace: '',
    killedBy: { file: SCHEDULES, test: 'descriptors are closed under nobody' },
  },
  {
    name: 'overtaken-turn-still-counts',
    file: `${FILES}/held-turn.ts`,
    find: 'return state?.turn?.fence === this.fence && state.sessionId === this.sessionId;',
    replace: 'return state?.sessionId === this.sessionId;',
    killedBy: { file: INTERLEAVINGS, test: 'R11.8 a turn that was overtaken' },
  },
  {
    name: 'leaf-row-to-nothing-passed-over',
    file: `${FILES}/leaf-search.ts`,
    find: 'if (target === null) this.#take(row, null);',
    replace: 'if (target === null) return;',
    killedBy: { file: `${FILES}/leaf-search.test.ts`, test: 'none after a leaf row to nothing' },
  },
  {
    name: 'former-turn-of-another-conversation',
    file: 'src/backends/memory/turn-place.ts',
    find: '      this.#previous = undefined;\n      return;\n',
    replace: '      return;\n',
    killedBy: {
      file: 'src/backends/memory/turn-place.test.ts',
      test: 'tells nobody of a former turn of another',
    },
  },
  {
    name: 'proto-by-assignment',
    file: 'src/model/plain-object.ts',
    find: "if (field !== '__proto__') {",
    replace: "if (field !== '__proto__' || field === '__proto__') {",
    killedBy: { file: 'proof/model/model.proof.ts', test: 'on a disk in memory' },
  },
];
