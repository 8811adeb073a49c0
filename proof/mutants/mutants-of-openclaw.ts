/** Mutants of what takes over from OpenClaw. */
import type { Mutant } from './mutants.ts';

const FORMER = 'test/openclaw/former-conversations.test.ts';
const ODD = 'test/openclaw/odd-entries.test.ts';

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
];
