import { HoldfastError } from './errors.ts';
import { shown } from './text.ts';

const SESSION_ID = /^[a-z0-9][a-z0-9._-]{0,127}$/i;
/** Windows opens a device under these names, with any extension. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Beside a transcript `<sessionId>.jsonl` lie files of the store that are named like these. */
const OWN_NAME = /^(inbox|meta\..*)$/i;

/** Whether this can be a session id; see {@link checkSessionId}. */
export function isSessionId(id: unknown): id is string {
  return (
    typeof id === 'string' &&
    SESSION_ID.test(id) &&
    !id.endsWith('.') &&
    !DEVICE_NAME.test(id) &&
    !OWN_NAME.test(id)
  );
}

/**
 * Refuses what can not be a session id: a session id becomes part of a file name, on every system.
 * `INVALID_ENTRY` unless it is a UUID or another short name of letters, digits, `.`, `_` and `-`.
 */
export function checkSessionId(id: unknown): asserts id is string {
  if (isSessionId(id)) return;
  throw new HoldfastError(
    'INVALID_ENTRY',
    `${shown(id)} can not be a session id: use a UUID, or 1 to 128 letters, digits, '.', '_' and '-' that name no device.`,
  );
}
