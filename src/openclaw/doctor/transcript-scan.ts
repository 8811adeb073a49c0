/**
 * Looking at a transcript: all of a short one, else its beginning and its end, or all of it when that
 * was asked for. Lines are told by their place in bytes; nothing of what they say is kept.
 */
import { isUtf8 } from 'node:buffer';
import { isPlainObject } from '../../model/plain-object.ts';
import type { FileSystem } from '../../system/file-system.ts';
import { chunksOf, inOwnFile, type Looked } from './own-chunks.ts';

export interface DamagedLine {
  from: number;
  to: number;
  /** Counted from 1; not known behind a part that was not read. */
  line: number | undefined;
  why: string;
}

export interface TranscriptScan {
  bytes: number;
  /** `none`: the first line is no header; `foreign`: nor is it a line of a transcript. */
  header: { id: unknown; key: unknown } | 'none' | 'foreign' | 'damaged';
  damaged: DamagedLine[];
  /** More damaged lines than `damaged` has. */
  more: number;
  /** Where an unfinished last line begins. */
  tornFrom: number | undefined;
  /** Not all of it was read. */
  partly: boolean;
}

/** So long a transcript is read whole without being asked: most are shorter. */
const WHOLE_BYTES_MAX = 262_144;
const END_BYTES = 65_536;
/** Lines with pictures have some megabytes; of a longer one only its place is known. */
const LINE_BYTES_MAX = 67_108_864;
const DAMAGED_MAX = 20;

interface Line {
  from: number;
  to: number;
  bytes: Buffer | undefined;
  ended: boolean;
}

export function scanTranscript(
  fs: FileSystem,
  path: string,
  deep: boolean,
): Promise<Looked<TranscriptScan>> {
  return inOwnFile(fs, path, async (fd, { size }) => {
    const reader = new TranscriptReader(size);
    if (deep || size <= WHOLE_BYTES_MAX) {
      for await (const line of linesOf(fs, fd, 0, size)) reader.take(line);
      return reader.scan;
    }
    reader.scan.partly = true;
    for await (const line of linesOf(fs, fd, 0, END_BYTES)) if (line.ended) reader.take(line);
    reader.skip();
    let first = true;
    for await (const line of linesOf(fs, fd, size - END_BYTES, size)) {
      // Where the last part begins in the middle of a line nobody can say what that line holds.
      if (!first || !line.ended) reader.take(line, first);
      first = false;
    }
    return reader.scan;
  });
}

class TranscriptReader {
  readonly scan: TranscriptScan;
  #number: number | undefined = 0;

  constructor(bytes: number) {
    const none = { damaged: [], more: 0, tornFrom: undefined, partly: false };
    this.scan = { bytes, header: 'none', ...none };
  }

  /** What follows stands somewhere behind: its lines have no known number. */
  skip(): void {
    this.#number = undefined;
  }

  /** `middle`: it begins somewhere within the line. */
  take({ from, to, bytes, ended }: Line, middle = false): void {
    if (this.#number !== undefined) this.#number += 1;
    if (!ended) this.scan.tornFrom = from;
    const decoded = middle || bytes === undefined ? undefined : decode(bytes);
    if (from === 0) this.scan.header = headerOf(decoded);
    if (typeof decoded !== 'string' || !ended) return;
    if (this.scan.damaged.length >= DAMAGED_MAX) this.scan.more += 1;
    else this.scan.damaged.push({ from, to, line: this.#number, why: decoded });
  }
}

/** The object that a line holds, or why it holds none; `undefined` for an empty line. */
function decode(bytes: Buffer): Record<string, unknown> | string | undefined {
  if (bytes.length === 0) return undefined;
  if (bytes.every((byte) => byte === 0)) return 'it consists of zero bytes';
  if (!isUtf8(bytes)) return 'it is not UTF-8';
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isPlainObject(value) ? value : 'it is no JSON object';
  } catch {
    return 'it is not JSON';
  }
}

function headerOf(decoded: Record<string, unknown> | string | undefined): TranscriptScan['header'] {
  if (typeof decoded === 'string') return 'damaged';
  if (decoded === undefined) return 'none';
  if (decoded.type === 'session') return { id: decoded.id, key: decoded.key };
  return typeof decoded.type === 'string' ? 'none' : 'foreign';
}

/** The lines between two places of a file, in bounded memory. The last one may have no newline. */
async function* linesOf(
  fs: FileSystem,
  fd: number,
  from: number,
  to: number,
): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let length = 0;
  let start = from;
  const line = (end: number, ended: boolean): Line => {
    const bytes = length > LINE_BYTES_MAX ? undefined : Buffer.concat(pieces);
    const made = { from: start, to: end, bytes, ended };
    pieces = [];
    length = 0;
    start = end;
    return made;
  };
  let at = from;
  for await (const chunk of chunksOf(fs, fd, from, to)) {
    let begin = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, begin)) {
      pieces.push(chunk.subarray(begin, end));
      length += end - begin;
      begin = end + 1;
      yield line(at + begin, true);
    }
    length += chunk.length - begin;
    if (length <= LINE_BYTES_MAX) pieces.push(chunk.subarray(begin));
    else pieces = [];
    at += chunk.length;
  }
  if (length > 0) yield line(at, false);
}
