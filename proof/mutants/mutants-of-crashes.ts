/** Mutants that the crashes and the histories kill, and the faults that these have found. */
import type { Mutant } from './mutants.ts';

const FILES = 'src/backends/files';
const BESIDE = 'test/faults/reads-beside-endings.test.ts';

export const MUTANTS_OF_CRASHES: readonly Mutant[] = [
  {
    name: 'acknowledged-before-written',
    file: `${FILES}/append-record.ts`,
    find: 'pending = context.disk.append(transcript.fd, text, headerBytes + lineBytes);',
    replace: `const { fd } = transcript;
      setImmediate(() => void context.disk.append(fd, text, headerBytes + lineBytes));`,
    killedBy: { file: 'proof/crash/every-call.proof.ts', test: 'C.14 append: dead before' },
  },
  {
    name: 'state-of-before-the-lock',
    file: `${FILES}/session-files.ts`,
    find: `    this.inside = true;
    if (!log.refresh()) {`,
    replace: `    this.inside = true;
    if (log.fd < 0 && !log.refresh()) {`,
    killedBy: { file: 'proof/histories/histories.proof.ts', test: 'C.19 are linearizable' },
  },
  {
    name: 'two-of-one-process-inside',
    file: `${FILES}/session-queue.ts`,
    find: 'this.#line.length > 0 && !this.#busy; tries++',
    replace: 'this.#line.length > 0; tries++',
    killedBy: { file: `${FILES}/session-queue.test.ts`, test: 'C.16 whoever' },
  },
  {
    name: 'closed-log-fails-its-reader',
    file: `${FILES}/session-log.ts`,
    find: 'if (!isOver()) throw cause;',
    replace: 'throw cause;',
    killedBy: { file: BESIDE, test: 'C.5 a read whose log is closed' },
  },
  {
    name: 'removed-transcript-taken-for-empty',
    file: `${FILES}/read-transcript.ts`,
    find: '      missing = path;\n',
    replace: '      return undefined;\n',
    killedBy: { file: BESIDE, test: 'C.5 a transcript that is removed' },
  },
  {
    name: 'folded-log-trusted-after-a-removal',
    file: `${FILES}/session-log.ts`,
    find: 'this.#isLast() : isAt(this.#system.fs, this.path, this.#ino)',
    replace: 'this.#isLast() : this.#system.fs.fstatSync(this.fd).nlink > 0',
    killedBy: { file: 'test/faults/fold-and-removal.test.ts', test: 'R1.4 a removed session' },
  },
  {
    name: 'reader-closes-what-a-writer-has-open',
    file: `${FILES}/transcript-log.ts`,
    find: '    if (this.#place && known) return this.#place;',
    replace: '    if (this.#place && known) return this.#place;\n    this.close();',
    killedBy: { file: `${FILES}/transcript-log.test.ts`, test: 'C.6 a reader with an older' },
  },
];
