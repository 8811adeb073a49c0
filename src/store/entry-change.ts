import type { EntryChange } from '../contract/backend.ts';
import { type CheckedPatch, checkPatch } from '../model/patch.ts';
import { refuseReserved } from '../model/reserved-fields.ts';
import type { Entry } from '../model/state.ts';

/**
 * What a user gave to `update`, as a back end takes it: checked, and with the reserved fields taken
 * out. A patch that names none of those needs no look at the latest state and stays a plain value.
 */
export function entryChange(key: string, change: unknown): EntryChange {
  if (typeof change === 'function') {
    return (entry, sessionId) => {
      const patch: unknown = change(entry);
      refusePromise(key, patch);
      return refuseReserved(checkPatch(patch, key), stateOf(entry, sessionId), key);
    };
  }
  refusePromise(key, change);
  const patch = checkPatch(change, key);
  if (!namesReserved(patch)) return patch;
  return (entry, sessionId) => refuseReserved(patch, stateOf(entry, sessionId), key);
}

function stateOf(entry: Readonly<Entry>, sessionId: string | undefined) {
  return sessionId === undefined ? undefined : { sessionId, entry };
}

function namesReserved(patch: CheckedPatch): boolean {
  return patch.sessionId !== undefined || patch.sessionFile !== undefined;
}

/** Work under a lock is local and short by construction, so nothing there can be waited for. */
function refusePromise(key: string, value: unknown): void {
  const then = (value as { then?: unknown } | null | undefined)?.then;
  if (typeof then !== 'function') return;
  // It was refused already; that it also fails later would end the process as an unhandled rejection.
  Promise.resolve(value).catch(() => undefined);
  throw new TypeError(
    `update of session ${JSON.stringify(key)} was given a promise. Its function must return the patch itself: do what takes time before, or in a turn.`,
  );
}
