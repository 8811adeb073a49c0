import { HoldfastError } from './errors.ts';
import type { CheckedPatch } from './patch.ts';
import type { Entry } from './state.ts';
import { shown } from './text.ts';

/**
 * Refuses a patch that would tie an entry to another conversation. The session id lives in the
 * state, so a patch may repeat it (other programs keep it in the entry) but not change it;
 * `sessionFile` may be removed, or be given as it stands. Returns the patch without `sessionId`.
 */
export function refuseReserved(
  patch: CheckedPatch,
  state: { sessionId: string; entry: Readonly<Entry> } | undefined,
  key: string,
): CheckedPatch {
  const { sessionId, sessionFile } = patch;
  if (sessionId === undefined && sessionFile === undefined) return patch;
  if (sessionId !== undefined && sessionId !== null && sessionId !== state?.sessionId) {
    refuse(key, 'sessionId', sessionId, 'only `reset` and `restore` change it');
  }
  if (sessionFile !== undefined && sessionFile !== null && sessionFile !== presentFile(state)) {
    refuse(key, 'sessionFile', sessionFile, 'the store decides where a transcript lies');
  }
  if (sessionId === undefined) return patch;
  const { sessionId: _repeated, ...others } = patch;
  return Object.freeze(others);
}

function presentFile(state: { entry: Readonly<Entry> } | undefined): unknown {
  return state?.entry.sessionFile;
}

function refuse(key: string, field: string, value: unknown, why: string): never {
  throw new HoldfastError(
    'INVALID_ENTRY',
    `The patch of session ${shown(key)} sets ${field} to ${shown(value)}, which belongs to the store or to another session: ${why}.`,
    { key },
  );
}
