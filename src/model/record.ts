import { copyFields } from './copy-json.ts';
import { jsonEqual } from './equal-json.ts';
import { HoldfastError } from './errors.ts';
import { LIMITS } from './limits.ts';
import { isPlainObject } from './plain-object.ts';
import type { NewRecord, TranscriptRecord } from './state.ts';
import { hasControl, isWellFormed, shown } from './text.ts';

const RECORD_ID_MAX = 200;
const ISO_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
/** What the store adds to a record; not part of what the caller said. */
const ADDED = ['id', 'parentId', 'timestamp', 'seq'] as const;

/**
 * A frozen copy of a record that may be appended: a plain object with a `type` that is not
 * `session`. `id` and `seq` are the store's; `parentId` and an ISO `timestamp` may be given.
 */
export function checkRecord(record: unknown, key: string): NewRecord {
  if (!isPlainObject(record)) refuse(key, 'it is not a plain object');
  const options = { key, bytesMax: LIMITS.recordBytesMax, remember: false };
  const copy = copyFields(record, 'record', options) as NewRecord;
  if (typeof copy.type !== 'string' || copy.type === '') refuse(key, 'it needs a `type`');
  if (copy.type === 'session') refuse(key, 'the type `session` is the header of a transcript');
  if (Object.hasOwn(copy, 'id')) refuse(key, 'give its id as the option `id`, not inside it');
  if (Object.hasOwn(copy, 'seq')) refuse(key, '`seq` belongs to the store');
  const { parentId, timestamp } = copy;
  if (parentId !== undefined && parentId !== null) checkRecordId(parentId);
  if (timestamp !== undefined && !isTimestamp(timestamp)) {
    refuse(key, '`timestamp` is not an ISO 8601 time in UTC');
  }
  return copy;
}

/** `INVALID_ENTRY` unless it is 1 to 200 characters of well-formed Unicode without controls. */
export function checkRecordId(id: unknown): asserts id is string {
  const good =
    typeof id === 'string' &&
    id.length >= 1 &&
    id.length <= RECORD_ID_MAX &&
    isWellFormed(id) &&
    !hasControl(id);
  if (good) return;
  throw new HoldfastError(
    'INVALID_ENTRY',
    `${shown(id)} can not be the id of a record: it takes 1 to ${RECORD_ID_MAX} characters without controls.`,
  );
}

/** Whether a stored record is what an append under the same id gives again. */
export function sameRecord(stored: TranscriptRecord, given: NewRecord): boolean {
  return jsonEqual(withoutAdded(stored), withoutAdded(given));
}

function withoutAdded(record: NewRecord): Record<string, unknown> {
  const content: Record<string, unknown> = { ...record };
  for (const field of ADDED) delete content[field];
  return content;
}

function isTimestamp(value: unknown): boolean {
  return typeof value === 'string' && ISO_UTC.test(value) && !Number.isNaN(Date.parse(value));
}

function refuse(key: string, why: string): never {
  throw new HoldfastError(
    'INVALID_ENTRY',
    `A record for session ${shown(key)} can not be appended: ${why}.`,
    { key },
  );
}
