/** Which file this is, and whether anybody wrote to it since: what `stat` tells. */
import type { FileFacts, FileSystem } from '../../system/file-system.ts';

export interface Identity {
  ino: number;
  size: number;
  mtimeMs: number;
}

export function identityOf({ ino, size, mtimeMs }: FileFacts): Identity {
  return { ino, size, mtimeMs };
}

export function sameFile(a: Identity | undefined, b: Identity | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.ino === b.ino && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** `undefined` when nothing has this name. Other failures are thrown: unreadable is not missing. */
export async function factsAt(fs: FileSystem, path: string): Promise<FileFacts | undefined> {
  try {
    return await fs.lstat(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw cause;
  }
}

/** Removes a file that may be gone already. */
export async function removeIfThere(fs: FileSystem, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as { code?: unknown }).code === 'ENOENT';
}
