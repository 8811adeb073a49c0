import type { FileSystem } from '../../system/file-system.ts';
import { readBytes } from './read-bytes.ts';

/** A whole line and where it begins. */
export interface PlacedLine {
  bytes: Buffer;
  at: number;
}

const FIRST_CHUNK = 16_384;
const CHUNK_MAX = 1_048_576;

/**
 * The whole lines of a file from its end to its beginning, so that the last ones cost the same
 * whatever the size. Lines longer than `lineBytesMax` are passed over. Bytes after the last newline
 * are no line.
 */
export async function* backwardLines(
  fs: FileSystem,
  fd: number,
  end: number,
  lineBytesMax: number,
): AsyncGenerator<PlacedLine> {
  let chunkSize = FIRST_CHUNK;
  let at = end;
  // What follows the part that is read next; empty right after a newline.
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let started = false;
  while (at > 0) {
    const length = Math.min(chunkSize, at);
    const chunk = await readBytes(fs, fd, at - length, length);
    if (chunk.length < length) return;
    at -= length;
    let stop = length;
    for (
      let newline = chunk.lastIndexOf(10);
      newline >= 0;
      newline = newline > 0 ? chunk.lastIndexOf(10, newline - 1) : -1
    ) {
      const piece = chunk.subarray(newline + 1, stop);
      const size = piece.length + tailBytes;
      if (started && size > 0 && size <= lineBytesMax) {
        yield {
          bytes: tail.length > 0 ? Buffer.concat([piece, ...tail]) : piece,
          at: at + newline + 1,
        };
      }
      started = true;
      tail = [];
      tailBytes = 0;
      stop = newline;
    }
    const rest = chunk.subarray(0, stop);
    tailBytes += rest.length;
    if (tailBytes <= lineBytesMax) tail.unshift(rest);
    else tail = [];
    chunkSize = Math.min(CHUNK_MAX, chunkSize * 2);
  }
  if (started && tailBytes > 0 && tailBytes <= lineBytesMax) {
    yield { bytes: Buffer.concat(tail), at: 0 };
  }
}
