/** What the end of a transcript says, read backwards so that it costs the same for any size. */
import { LIMITS } from '../../model/limits.ts';
import type { FileSystem } from '../../system/file-system.ts';
import { backwardLines } from './backward-lines.ts';
import { LeafSearch } from './leaf-search.ts';
import { readBytes, readBytesNow } from './read-bytes.ts';
import { decodeRecord, isDamage } from './transcript-line.ts';

/** Where a record lies in the file. */
export interface RecordPlace {
  at: number;
  bytes: number;
}

/** Bytes at the end that are read at once, on the event loop. */
const END_BYTES = 8_192;
const CHUNK = 65_536;
const LINE_BYTES_MAX = LIMITS.recordBytesMax + 1_024;

/**
 * The leaf of a transcript whose end is as usual: nothing at all, or a whole, short line that holds
 * an ordinary record. `undefined`: it takes {@link lookBack} to tell.
 */
export function leafAtEnd(fs: FileSystem, fd: number, fileSize: number): string | null | undefined {
  if (fileSize === 0) return null;
  const length = Math.min(END_BYTES, fileSize);
  const end = readBytesNow(fs, fd, fileSize - length, length);
  if (end.length < length || end[length - 1] !== 10) return undefined;
  const last = end.lastIndexOf(10, length - 2) + 1;
  if (last === 0 && length < fileSize) return undefined;
  const record = decodeRecord(end.subarray(last, length - 1));
  if (isDamage(record) || record.type === 'leaf') return undefined;
  const search = new LeafSearch();
  search.look(record);
  return search.found;
}

/** Bytes up to the end of the last whole line. */
export async function wholeSize(fs: FileSystem, fd: number, fileSize: number): Promise<number> {
  for (let end = fileSize; end > 0; ) {
    const length = Math.min(CHUNK, end);
    const newline = (await readBytes(fs, fd, end - length, length)).lastIndexOf(10);
    if (newline >= 0) return end - length + newline + 1;
    end -= length;
  }
  return 0;
}

/**
 * Looks back from `end` to `known`, up to where the file was known already: the leaf, and with
 * `wantIds` the records that are new, oldest first. Goes on further only for the target of a leaf
 * row.
 */
export async function lookBack(
  fs: FileSystem,
  fd: number,
  end: number,
  known: number,
  wantIds: boolean,
): Promise<{ leaf: string | null | undefined; news: [string, RecordPlace][] }> {
  const news: [string, RecordPlace][] = [];
  const search = new LeafSearch();
  for await (const { bytes, at } of backwardLines(fs, fd, end, LINE_BYTES_MAX)) {
    if (at < known && !search.pending) break;
    const record = decodeRecord(bytes);
    if (isDamage(record)) continue;
    search.look(record);
    if (!wantIds && search.done) break;
    const isNew = wantIds && at >= known && typeof record.id === 'string';
    if (isNew) news.push([record.id as string, { at, bytes: bytes.length }]);
  }
  if (search.pending) search.end();
  return { leaf: search.found, news: news.reverse() };
}

/** The last records by id, oldest first. */
export async function lastIds(
  fs: FileSystem,
  fd: number,
  end: number,
): Promise<Map<string, RecordPlace>> {
  const found: [string, RecordPlace][] = [];
  for await (const line of backwardLines(fs, fd, end, LINE_BYTES_MAX)) {
    const record = decodeRecord(line.bytes);
    if (isDamage(record) || typeof record.id !== 'string' || record.type === 'session') continue;
    found.push([record.id, { at: line.at, bytes: line.bytes.length }]);
    if (found.length >= LIMITS.recordIdsRemembered) break;
  }
  return new Map(found.reverse());
}
