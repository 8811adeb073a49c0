/**
 * Reading `sessions.json`, which the program of the JSON era rewrote whole at every change. A file
 * that does not decode is reported with its reason and never taken for a store without sessions.
 */

import { isPlainObject } from '../model/plain-object.ts';
import type { FileSystem } from '../system/file-system.ts';
import { readOwnFile } from './own-file.ts';
import { repeatedKeys } from './repeated-keys.ts';
import { valueKind } from './value-kind.ts';

/** Larger than any store that was seen in use by ten times, and well below what a string can hold. */
const BYTES_MAX = 268_435_456;

export interface SessionsJson {
  /** As they stand in the file: key and value of any shape. */
  entries: [key: string, value: unknown][];
  /** Keys that the text has more than once; the last one counts, as for the program itself. */
  repeated: string[];
  mtimeMs: number;
}

export type SessionsJsonRead = SessionsJson | { missing: true } | { reason: string };

export async function readSessionsJson(fs: FileSystem, path: string): Promise<SessionsJsonRead> {
  const read = await readOwnFile(fs, path, { bytesMax: BYTES_MAX });
  if (!('bytes' in read)) return read;
  const { bytes, mtimeMs } = read;
  if (bytes.length === 0) return { reason: 'it is empty (0 bytes)' };
  if (bytes.every((byte) => byte === 0)) return { reason: `it is ${bytes.length} zero bytes` };
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { reason: 'it begins with a byte-order mark: it was edited by hand' };
  }
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    return { reason: `it does not decode: ${plainMessage(cause)}` };
  }
  if (!isPlainObject(value)) return { reason: `it holds ${valueKind(value)}, not an object` };
  return { entries: Object.entries(value), repeated: repeatedKeys(text), mtimeMs };
}

/** The parser's words without the pieces of the file that newer versions of it quote. */
function plainMessage(cause: unknown): string {
  const message = (cause as Error).message;
  return /^(.*?)(,? ?\.{0,3}".*)?$/s.exec(message)?.[1]?.trim() || message;
}
