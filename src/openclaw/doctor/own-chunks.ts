import { type FileFacts, type FileSystem, OPEN } from '../../system/file-system.ts';
import { whyNotOwnAt } from '../own-file.ts';

/** A file that was looked at, that is not there, or that is not opened and why. */
export type Looked<T> = { found: T } | { missing: true } | { reason: string };

const CHUNK_BYTES = 262_144;

/**
 * Opens a regular file of the directory for reading and closes it again. A link is not followed, a
 * file with a second name not opened, a foreign kind of file not waited for.
 */
export async function inOwnFile<T>(
  fs: FileSystem,
  path: string,
  work: (fd: number, facts: FileFacts) => Promise<T>,
): Promise<Looked<T>> {
  try {
    const odd = await whyNotOwnAt(fs, path);
    if (odd !== undefined) return (await isGone(fs, path)) ? { missing: true } : { reason: odd };
    const fd = await fs.open(path, OPEN.read, 0);
    try {
      const facts = await fs.fstat(fd);
      // Somebody put another file there between the two looks.
      if (!facts.isFile() || facts.nlink > 1) return { reason: 'it was replaced meanwhile' };
      return { found: await work(fd, facts) };
    } finally {
      await fs.close(fd);
    }
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code === 'ENOENT') return { missing: true };
    // A reason that the report shows: unreadable is neither missing nor empty.
    return {
      reason: code === 'ELOOP' ? 'it is a link' : `it cannot be read: ${(cause as Error).message}`,
    };
  }
}

async function isGone(fs: FileSystem, path: string): Promise<boolean> {
  try {
    await fs.lstat(path);
    return false;
  } catch (cause) {
    return (cause as { code?: unknown }).code === 'ENOENT';
  }
}

/** The bytes of a file between two places, a piece at a time. A file that shrinks ends early. */
export async function* chunksOf(
  fs: FileSystem,
  fd: number,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - at));
    const got = await fs.read(fd, chunk, 0, chunk.length, at);
    if (got === 0) return;
    at += got;
    yield chunk.subarray(0, got);
  }
}
