import type { FileSystem } from '../../system/file-system.ts';

/** A whole line, its place, and where the next one begins; without bytes when it is too long. */
export type ForwardLine = { at: number; end: number } & ({ bytes: Buffer } | { tooLong: true });

const CHUNK = 262_144;

/**
 * The whole lines between two places of a file, in bounded memory: a line longer than
 * `lineBytesMax` is told without its bytes. Bytes after the last newline are no line.
 */
export async function* forwardLines(
  fs: FileSystem,
  fd: number,
  from: number,
  to: number,
  lineBytesMax: number,
): AsyncGenerator<ForwardLine> {
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let lineAt = from;
  for (let at = from; at < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, to - at));
    const got = await fs.read(fd, chunk, 0, chunk.length, at);
    if (got === 0) return;
    let start = 0;
    for (
      let newline = chunk.indexOf(10);
      newline >= 0 && newline < got;
      newline = chunk.indexOf(10, start)
    ) {
      const piece = chunk.subarray(start, newline);
      const size = carriedBytes + piece.length;
      const end = at + newline + 1;
      if (size > lineBytesMax) yield { at: lineAt, end, tooLong: true };
      else {
        const bytes = carried.length > 0 ? Buffer.concat([...carried, piece]) : piece;
        if (bytes.length > 0) yield { at: lineAt, end, bytes };
      }
      carried = [];
      carriedBytes = 0;
      start = newline + 1;
      lineAt = end;
    }
    carriedBytes += got - start;
    if (carriedBytes > lineBytesMax) carried = [];
    else if (start < got) carried.push(chunk.subarray(start, got));
    at += got;
  }
}
