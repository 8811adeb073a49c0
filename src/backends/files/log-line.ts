/**
 * Lines of a metadata log: JSON objects that end in a checksum of the text before it,
 * `{...,"c":"1a2b3c4d"}`. The checksum tells rotten and zero-filled bytes from torn ones: a line
 * without its newline is torn and was never acknowledged; a whole line that does not check is damage.
 */
import { isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { Json, JsonObject } from '../../model/json.ts';
import type { FormerTurn, TurnState } from '../../model/state.ts';

/** A turn as the log keeps it: whether its process lives is for the kernel to say. */
export type LoggedTurn = Omit<TurnState, 'status'>;

/** Line 1: everything. */
export interface SnapshotLine {
  v: number;
  key: string;
  rev: number;
  sessionId: string;
  createdAt: number;
  /** When the active conversation began. */
  beganAt: number;
  updatedAt: number;
  entry: JsonObject;
  /** Fields of the entry that lie in blobs: field to SHA-256. */
  blobs?: Record<string, string>;
  fence: number;
  turn?: LoggedTurn;
  former?: FormerTurn;
}

/** Any further line. Exactly one of its forms is present. */
export interface ChangeLine {
  rev?: number;
  at?: number;
  set?: JsonObject;
  unset?: string[];
  blobs?: Record<string, string>;
  /** With `entry`: a reset or a restore. The entry is replaced and a running turn is over. */
  sessionId?: string;
  beganAt?: number;
  entry?: JsonObject;
  turn?: LoggedTurn;
  former?: FormerTurn;
  ended?: number;
  overtaken?: true;
  interrupt?: { fence: number; at: number; reason: string };
  removed?: true;
  /** A fold announces the generation that follows this one. */
  fold?: number;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex8(n: number): string {
  return (
    (HEX[n >>> 24] as string) +
    (HEX[(n >>> 16) & 255] as string) +
    (HEX[(n >>> 8) & 255] as string) +
    (HEX[n & 255] as string)
  );
}

/** Length of `,"c":"xxxxxxxx"}`. */
const TRAILER_LENGTH = 16;

/** Closes a JSON object text (without its last brace) with its checksum and a newline. */
export function sealLine(open: string): string {
  return `${open},"c":"${hex8(crc32(open))}"}\n`;
}

/** The line of any object, checksum and newline included. */
export function encodeLine(
  line: SnapshotLine | ChangeLine | { readonly [f: string]: Json },
): string {
  return sealLine(JSON.stringify(line).slice(0, -1));
}

/**
 * Whether this line, without its newline, is whole; the object that it holds, or why it is not.
 * `text`: the same as a text, where it was seen to be one already.
 */
export function decodeLine(
  bytes: Buffer,
  text?: string,
): { line: Record<string, unknown> } | { reason: string } {
  const cut = bytes.length - TRAILER_LENGTH;
  if (cut < 2) return { reason: 'a line is too short' };
  const trailer = bytes.toString('latin1', cut);
  if (!trailer.startsWith(',"c":"') || !trailer.endsWith('"}')) {
    return {
      reason: bytes.every((byte) => byte === 0) ? 'zero-filled bytes' : 'a line has no checksum',
    };
  }
  const open = bytes.subarray(0, cut);
  if (trailer.slice(6, 14) !== hex8(crc32(open))) return { reason: 'a checksum does not match' };
  if (text === undefined && !isUtf8(bytes)) return { reason: 'a line is not UTF-8' };
  try {
    return { line: JSON.parse(text ?? bytes.toString('utf8')) as Record<string, unknown> };
  } catch (cause) {
    return { reason: `a line is not JSON: ${(cause as Error).message}` };
  }
}
