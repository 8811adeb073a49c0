/** From a row of a transcript to the record that a back end takes. */
import { copyFields } from '../../model/copy-json.ts';
import { isHoldfastError } from '../../model/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import { checkRecordId } from '../../model/record.ts';
import type { NewRecord } from '../../model/state.ts';
import { valueKind } from '../value-kind.ts';
import type { EventRow } from './session-tables.ts';
import type { SqlitePackages } from './sqlite-package.ts';

/** OpenClaw compresses no text that is longer. More: a damaged number makes us ask for that much. */
const ZIPPED_TEXT_BYTES_MAX = 4_194_304;

/** What a row holds: a record with its id, the header of the transcript, or nothing and why. */
export type EventContent =
  | { record: NewRecord; id: string | undefined; bytes: number }
  | { header: true }
  | { damage: string };

/** Reads a row of whatever content. */
export function recordOf(row: EventRow, decompress: SqlitePackages['decompress']): EventContent {
  const text = textOf(row, decompress);
  if (typeof text !== 'string') return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { damage: 'it is not JSON' };
  }
  if (!isPlainObject(value)) return { damage: `it is ${valueKind(value)}, not an object` };
  if (value.type === 'session') return { header: true };
  if (typeof value.type !== 'string' || value.type === '') return { damage: 'it has no type' };
  const { id: given, parentId, timestamp, ...content } = value;
  const id = isRecordId(given) ? given : undefined;
  const fields: Record<string, unknown> = { ...content };
  // A row of version 1 has neither id nor parent: it follows the one before it.
  if (parentId !== undefined || id !== undefined) {
    fields.parentId = typeof parentId === 'string' ? parentId : null;
  }
  fields.timestamp = typeof timestamp === 'string' ? timestamp : isoTime(row.at);
  try {
    const limits = { bytesMax: LIMITS.recordBytesMax, remember: false };
    return { record: copyFields(fields, 'record', limits) as NewRecord, id, bytes: text.length };
  } catch (error) {
    if (isHoldfastError(error)) return { damage: error.message };
    throw error;
  }
}

function textOf(
  { text, textBytes, zipped, zippedTextBytes }: EventRow,
  decompress: SqlitePackages['decompress'],
): string | { damage: string } {
  if (typeof text === 'string') return text;
  if (typeof textBytes === 'number') {
    return { damage: `it has ${textBytes} bytes; at most ${LIMITS.recordBytesMax} are read` };
  }
  if (!(zipped instanceof Uint8Array)) return { damage: 'it is empty, or too large' };
  const bytes = Number(zippedTextBytes);
  if (!(bytes >= 1 && bytes <= ZIPPED_TEXT_BYTES_MAX)) {
    return { damage: `its compressed text has ${String(zippedTextBytes)} bytes` };
  }
  try {
    return Buffer.from(decompress(zipped, new Uint8Array(bytes))).toString('utf8');
  } catch (cause) {
    return { damage: `it does not decompress: ${(cause as Error).message}` };
  }
}

function isRecordId(id: unknown): id is string {
  try {
    checkRecordId(id);
    return true;
  } catch (error) {
    if (isHoldfastError(error)) return false;
    throw error;
  }
}

/** The same at every run: the time at which the row was written stands in for one that it lacks. */
function isoTime(at: unknown): string {
  const time = new Date(typeof at === 'number' ? at : 0);
  return Number.isNaN(time.getTime()) ? new Date(0).toISOString() : time.toISOString();
}
