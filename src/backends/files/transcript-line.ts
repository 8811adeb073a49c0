/**
 * Lines of a transcript, in the format that pi and OpenClaw write (version 3): a header, then
 * records with `id`, `parentId` and `timestamp`. They carry no checksum, so that those programs read
 * ours and we theirs: a line counts when it ends in a newline, is UTF-8 and holds a JSON object.
 */
import { isUtf8 } from 'node:buffer';
import { setField } from '../../model/plain-object.ts';
import type { NewRecord, TranscriptRecord } from '../../model/state.ts';

const VERSION = 3;

/** A decoded line of any program's making. */
export type ForeignRecord = Record<string, unknown>;

/** The first line of a transcript. It names its key, so that archives can be rebuilt from it alone. */
export function headerLine(key: string, sessionId: string, now: number): string {
  const timestamp = new Date(now).toISOString();
  const header = { type: 'session', version: VERSION, id: sessionId, timestamp, cwd: '', key };
  return `${JSON.stringify(header)}\n`;
}

/**
 * A record as it is stored, but for its place: the fields that every reader needs come first. The
 * same object makes the line and is the answer to the caller, because a copy costs what it saves.
 */
export function newStored(
  record: NewRecord,
  id: string,
  parentId: string | null,
  timestamp: string,
): Record<string, unknown> {
  const stored: Record<string, unknown> = { type: record.type, id, parentId, timestamp };
  for (const field of Object.keys(record)) {
    if (!Object.hasOwn(stored, field)) setField(stored, field, record[field]);
  }
  return stored;
}

/** The object that a line holds, or why it holds none. */
export function decodeRecord(bytes: Buffer): ForeignRecord | { damage: string } {
  if (!isUtf8(bytes)) return { damage: 'it is not UTF-8' };
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { damage: bytes.every((byte) => byte === 0) ? 'zero-filled bytes' : 'it is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { damage: 'it is no JSON object' };
  }
  return value as ForeignRecord;
}

export function isDamage(
  decoded: ForeignRecord | { damage: string },
): decoded is { damage: string } {
  return typeof decoded.damage === 'string' && !('type' in decoded);
}

/** A stored line as readers get it. Lines of version 1 have no ids; their place stands in. */
export function storedRecord(record: ForeignRecord, seq: number): TranscriptRecord {
  return Object.freeze({
    ...record,
    id: typeof record.id === 'string' ? record.id : `at-${seq}`,
    parentId: typeof record.parentId === 'string' ? record.parentId : null,
    timestamp: typeof record.timestamp === 'string' ? record.timestamp : '',
    seq,
  }) as TranscriptRecord;
}
