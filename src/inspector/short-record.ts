import { bytesAtLeast, jsonBytes } from '../model/json-bytes.ts';
import type { TranscriptRecord } from '../model/state.ts';
import { cutText } from '../model/text.ts';

/** Larger records are shortened in a page; whoever wants one whole asks for it alone. */
const RECORD_BYTES_MAX = 65_536;
/** What is left of a text, a list, and of the fields of an object. */
const TEXT_MAX = 2_000;
const ITEMS_MAX = 20;
const FIELDS_MAX = 30;
const LEVELS_MAX = 6;

/** Whether a record is too large for a page. */
export function isLarge(record: TranscriptRecord): boolean {
  // The first is enough for those that would be expensive to count.
  return bytesAtLeast(record) > RECORD_BYTES_MAX || jsonBytes(record) > RECORD_BYTES_MAX;
}

/**
 * A large record with the beginnings of what is in it. What is still large after that, because it
 * is wide at every level, keeps only what it needs to stand in a list.
 */
export function shortened(record: TranscriptRecord): TranscriptRecord {
  const short = shortValue(record, 0) as TranscriptRecord;
  const { type, id, parentId, timestamp, seq } = record;
  const base = { type, id, parentId, timestamp, seq };
  if (!isLarge(short)) return { ...short, ...base };
  const role = record.message?.role;
  const message = typeof role === 'string' ? { message: { role: cutText(role, TEXT_MAX) } } : {};
  return { ...base, ...message };
}

function shortValue(value: unknown, level: number): unknown {
  if (typeof value === 'string') {
    return value.length > TEXT_MAX ? `${cutText(value, TEXT_MAX)}…` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (level >= LEVELS_MAX) return null;
  if (Array.isArray(value)) {
    return value.slice(0, ITEMS_MAX).map((item) => shortValue(item, level + 1));
  }
  const fields: [string, unknown][] = [];
  for (const name in value) {
    if (fields.length === FIELDS_MAX) break;
    fields.push([name, shortValue((value as Record<string, unknown>)[name], level + 1)]);
  }
  return Object.fromEntries(fields);
}
