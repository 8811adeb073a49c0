import type { FileFacts, FileSystem } from '../system/file-system.ts';
import { OPEN } from '../system/file-system.ts';

/** A file that was read, that is not there, or that is not read and why. */
export type FileRead =
  | { bytes: Buffer; mtimeMs: number }
  | { missing: true }
  // `failed`: it may be right, and an attempt at another time may succeed.
  | { reason: string; failed?: true };

/**
 * Reads a regular file whole, or its first `headBytes`. A link is not followed and a foreign kind
 * of file not opened: a state directory may hold anything, and adoption reads nothing outside.
 */
export async function readOwnFile(
  fs: FileSystem,
  path: string,
  limit: { bytesMax: number } | { headBytes: number },
): Promise<FileRead> {
  try {
    const odd = whyNotOwn(await fs.lstat(path));
    if (odd !== undefined) return { reason: odd };
    // Windows has no flag that refuses links; elsewhere this also holds when the file was just swapped.
    const fd = await fs.open(path, OPEN.read, 0);
    try {
      const facts = await fs.fstat(fd);
      const oddNow = whyNotOwn(facts);
      if (oddNow !== undefined) return { reason: oddNow };
      if ('bytesMax' in limit && facts.size > limit.bytesMax) {
        return { reason: `it has ${facts.size} bytes; at most ${limit.bytesMax} are read` };
      }
      const length = 'headBytes' in limit ? Math.min(facts.size, limit.headBytes) : facts.size;
      return { bytes: await readBytes(fs, fd, length), mtimeMs: facts.mtimeMs };
    } finally {
      await fs.close(fd);
    }
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code === 'ENOENT') return { missing: true };
    // A reason that the report shows: unreadable is neither missing nor empty.
    if (code === 'ELOOP') return { reason: 'it is a link' };
    return { reason: `it cannot be read: ${(cause as Error).message}`, failed: true };
  }
}

/** What stands in the place of a directory: one itself, nothing, or in words what it is instead. */
export async function directoryKind(
  fs: FileSystem,
  path: string,
): Promise<'directory' | 'missing' | 'a link' | 'no directory' | 'unreadable'> {
  try {
    const facts = await fs.lstat(path);
    if (facts.isDirectory()) return 'directory';
    return facts.isSymbolicLink() ? 'a link' : 'no directory';
  } catch (cause) {
    return (cause as { code?: unknown }).code === 'ENOENT' ? 'missing' : 'unreadable';
  }
}

/** The names in a directory, in one order on every system, or why they can not be read. */
export async function namesIn(
  fs: FileSystem,
  path: string,
): Promise<{ names: string[] } | { reason: string }> {
  try {
    const names = (await fs.readdir(path)).map(({ name }) => name);
    return { names: names.sort() };
  } catch (cause) {
    return { reason: `it cannot be read: ${(cause as Error).message}` };
  }
}

/** Why a file is not one that a store of ours would read or write, or `undefined`. */
export function whyNotOwn(facts: FileFacts): string | undefined {
  if (facts.isSymbolicLink()) return 'it is a link';
  if (!facts.isFile()) return 'it is no regular file';
  return facts.nlink > 1 ? 'it is linked under a second name' : undefined;
}

/** As {@link whyNotOwn}, for a path; also when it can not be looked at. */
export async function whyNotOwnAt(fs: FileSystem, path: string): Promise<string | undefined> {
  try {
    return whyNotOwn(await fs.lstat(path));
  } catch (cause) {
    return `it cannot be looked at: ${(cause as Error).message}`;
  }
}

async function readBytes(fs: FileSystem, fd: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let at = 0;
  while (at < length) {
    const count = await fs.read(fd, bytes, at, length - at, at);
    if (count === 0) break;
    at += count;
  }
  return bytes.subarray(0, at);
}
