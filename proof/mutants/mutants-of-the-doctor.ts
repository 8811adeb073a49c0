/** Mutants of what examines a state directory, and of what mends it. */
import type { Mutant } from './mutants.ts';

const MEND = 'src/openclaw/doctor/mend.ts';
const FIXES = 'test/openclaw/doctor-fixes.test.ts';

export const MUTANTS_OF_THE_DOCTOR: readonly Mutant[] = [
  {
    name: 'lock-of-a-live-process-moved',
    file: MEND,
    find: 'if (this.#neighbours.processes.isAlive(pid))',
    replace: 'if (this.#neighbours.processes.isAlive(pid) && pid === 0)',
    killedBy: { file: FIXES, test: 'never touches a lock whose process lives' },
  },
  {
    name: 'mended-beside-a-gateway',
    file: MEND,
    find: 'if (live !== undefined) {',
    replace: "if (live !== undefined && asked === '') {",
    killedBy: { file: FIXES, test: 'a fix is refused while a gateway is at work' },
  },
  {
    name: 'mended-outside',
    file: MEND,
    find: "part !== '.' && part !== '..'",
    replace: "part !== '.'",
    killedBy: { file: FIXES, test: 'does nothing to what is not any more as it was found' },
  },
  {
    name: 'copy-beside-a-broken-list-offered',
    file: 'src/openclaw/doctor/examine-agent.ts',
    find: 'temporaryFindings(examination, agent, files, healthy || sqlite);',
    replace: 'temporaryFindings(examination, agent, files, true);',
    killedBy: { file: FIXES, test: 'C.11 moves old temporary files aside beside a list' },
  },
  {
    name: 'empty-list-taken-for-no-sessions',
    file: 'src/openclaw/doctor/list-scan.ts',
    find: "damage: { kind: 'empty', at: 0 }",
    replace: 'damage: undefined',
    killedBy: {
      file: 'test/openclaw/doctor-fixtures.test.ts',
      test: 'C.5 tells store-zero-bytes from other damage',
    },
  },
  {
    name: 'failed-read-taken-for-a-missing-transcript',
    file: 'src/openclaw/doctor/transcripts-seen.ts',
    find: 'seen.unreadable.set(name, scan.reason);',
    replace: '',
    killedBy: {
      file: 'test/openclaw/doctor-faults.test.ts',
      test: 'R3.6 goes on when any one call of the system fails',
    },
  },
  {
    name: 'shared-transcript-not-told',
    file: 'src/openclaw/doctor/whose-transcripts.ts',
    find: 'for (const other of others) {',
    replace: 'for (const other of others.slice(1)) {',
    killedBy: {
      file: 'test/openclaw/doctor-kinds.test.ts',
      test: 'R10.2 on one transcript are told, and its own',
    },
  },
];
