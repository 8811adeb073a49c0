/**
 * Reading `sessions.json`, which the program of the JSON era rewrote whole at every change. A file
 * that does not decode is reported with its reason and never taken for a store without sessions.
 *
 * The file is gone through once to find its entries, and each is read when it is asked for: what is
 * in memory at any time is the list of keys and one entry.
 */
import { type FileSystem, OPEN } from '../system/file-system.ts';
import { type EntryPlace, EntryPlaces } from './entry-places.ts';
import { readOwnFile, whyNotOwnAt } from './own-file.ts';

/** Read at once. The event loop goes on between two of them. */
const PIECE_BYTES = 262_144;
/** One entry; more than any text can hold is refused where it is read. */
const ENTRY_BYTES_MAX = 268_435_456;

export interface SessionsJson {
  /** One for each key, in the order of the file; of a repeated key, the last. */
  entries: readonly EntryPlace[];
  /** Keys that the text has more than once; the last one counts, as for the program itself. */
  repeated: string[];
  /** Set when the file is damaged and was to be salvaged: why what stands behind is lost. */
  damage?: string;
  bytes: number;
  mtimeMs: number;
  /** The value of an entry, read from the file as it was opened; or why it can not be. */
  value(place: EntryPlace): Promise<{ value: unknown } | { reason: string }>;
  close(): Promise<void>;
}

export type SessionsJsonRead = SessionsJson | { missing: true } | { reason: string };

export interface HowToRead {
  /** Take the whole entries of a damaged file instead of none. */
  salvage?: boolean;
  signal?: AbortSignal | undefined;
}

/** The file is the caller's to close. */
export async function openSessionsJson(
  fs: FileSystem,
  path: string,
  { salvage = false, signal }: HowToRead = {},
): Promise<SessionsJsonRead> {
  const head = await readOwnFile(fs, path, { headBytes: 3 });
  if (!('bytes' in head)) return head;
  const fd = await openOwn(fs, path);
  if (typeof fd !== 'number') return fd;
  let opened = false;
  try {
    const { size, mtimeMs } = await fs.fstat(fd);
    const found = await findEntries(fs, fd, size, signal);
    const { damage } = found;
    if (damage !== undefined && !(salvage && found.places.length > 0)) return { reason: damage };
    opened = true;
    return {
      ...lastOfEach(found.places),
      ...(damage !== undefined && { damage }),
      bytes: size,
      mtimeMs,
      value: (place) => readValue(fs, fd, place),
      close: () => fs.close(fd),
    };
  } finally {
    if (!opened) await fs.close(fd);
  }
}

async function openOwn(
  fs: FileSystem,
  path: string,
): Promise<number | { missing: true } | { reason: string }> {
  const odd = await whyNotOwnAt(fs, path);
  if (odd !== undefined) return { reason: odd };
  try {
    return await fs.open(path, OPEN.read, 0);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return { missing: true };
    return { reason: `it cannot be read: ${(cause as Error).message}` };
  }
}

/** The entries up to the first damage, and what that is. */
async function findEntries(
  fs: FileSystem,
  fd: number,
  size: number,
  signal: AbortSignal | undefined,
): Promise<{ places: readonly EntryPlace[]; damage?: string }> {
  const found = new EntryPlaces();
  if (size === 0) return { places: [], damage: 'it is empty (0 bytes)' };
  const piece = Buffer.alloc(Math.min(PIECE_BYTES, size));
  let marked = false;
  for (let at = 0; at < size && found.damage === undefined; ) {
    signal?.throwIfAborted();
    const count = await fs.read(fd, piece, 0, Math.min(piece.length, size - at), at);
    if (count === 0) break;
    const bytes = piece.subarray(0, count);
    if (at === 0) {
      if (await holdsZerosOnly(fs, fd, bytes, size)) {
        return { places: [], damage: `it is ${size} zero bytes` };
      }
      marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
    }
    found.add(bytes);
    at += count;
  }
  found.end();
  const { places, damage } = found;
  if (marked) {
    // The parser passes over the mark without counting it.
    const moved = places.map(({ key, start, end }) => ({ key, start: start + 3, end: end + 3 }));
    const why = 'it begins with a byte-order mark: it was edited by hand';
    return { places: moved, damage: why };
  }
  return { places, ...(damage !== undefined && { damage }) };
}

/** What a file is after a power loss on some file systems. Only read to its end when it begins so. */
async function holdsZerosOnly(
  fs: FileSystem,
  fd: number,
  first: Buffer,
  size: number,
): Promise<boolean> {
  let bytes = first;
  const piece = Buffer.alloc(first.length);
  for (let at = first.length; bytes.every((byte) => byte === 0); at += bytes.length) {
    if (at >= size) return true;
    const count = await fs.read(fd, piece, 0, piece.length, at);
    if (count === 0) return true;
    bytes = piece.subarray(0, count);
  }
  return false;
}

async function readValue(
  fs: FileSystem,
  fd: number,
  { start, end }: EntryPlace,
): Promise<{ value: unknown } | { reason: string }> {
  const length = end - start;
  if (length > ENTRY_BYTES_MAX) return { reason: `the entry has ${length} bytes` };
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const count = await fs.read(fd, bytes, at, length - at, start + at);
    if (count === 0) return { reason: 'the file became shorter while it was read' };
    at += count;
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { value: JSON.parse(text) as unknown };
  } catch (cause) {
    return { reason: `the entry does not decode: ${plainMessage(cause)}` };
  }
}

function lastOfEach(places: readonly EntryPlace[]): { entries: EntryPlace[]; repeated: string[] } {
  const byKey = new Map<string, EntryPlace>();
  const repeated = new Set<string>();
  for (const place of places) {
    if (byKey.has(place.key)) repeated.add(place.key);
    byKey.set(place.key, place);
  }
  return { entries: [...byKey.values()], repeated: [...repeated] };
}

/** The parser's words without the pieces of the file that newer versions of it quote. */
function plainMessage(cause: unknown): string {
  const message = (cause as Error).message;
  return /^(.*?)(,? ?\.{0,3}".*)?$/s.exec(message)?.[1]?.trim() || message;
}

/** A whole file in memory, for callers that compare all of it. */
export interface WholeSessionsJson {
  entries: [key: string, value: unknown][];
  repeated: string[];
  mtimeMs: number;
}

/** As {@link openSessionsJson}, with every value. An entry that does not decode is a reason. */
export async function readSessionsJson(
  fs: FileSystem,
  path: string,
): Promise<WholeSessionsJson | { missing: true } | { reason: string }> {
  const list = await openSessionsJson(fs, path);
  if (!('entries' in list)) return list;
  try {
    const entries: [key: string, value: unknown][] = [];
    for (const place of list.entries) {
      const read = await list.value(place);
      if ('reason' in read) return { reason: `it does not decode: ${read.reason}` };
      entries.push([place.key, read.value]);
    }
    return { entries, repeated: list.repeated, mtimeMs: list.mtimeMs };
  } finally {
    await list.close();
  }
}
