/** Files and directories that a release makes: whole, on the disk, and nobody else's. */
import { dirname, join } from 'node:path';
import { HoldfastError, isHoldfastError } from '../../model/errors.ts';
import { type FileSystem, OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';

/** Smaller: more calls. Larger: more memory for a text that is only passed on. */
const CHUNK_CHARS = 65_536;
const COPY_BYTES = 1_048_576;

type Pieces = AsyncIterable<string> | Iterable<string>;

/** Writes a file that is not there yet, synced, with mode 0600. A failure may leave a part of it. */
export function writePieces(system: System, path: string, pieces: Pieces): Promise<void> {
  return writeNew(system, path, async (fd) => {
    let text = '';
    for await (const piece of pieces) {
      text += piece;
      if (text.length < CHUNK_CHARS) continue;
      await writeBytes(system.fs, fd, text);
      text = '';
    }
    await writeBytes(system.fs, fd, text);
  });
}

/** Copies a file to a place where none is yet. */
export function copyFile(system: System, from: string, to: string): Promise<void> {
  return writeNew(system, to, async (fd) => {
    for await (const bytes of bytesOf(system.fs, from)) await writeBytes(system.fs, fd, bytes);
  });
}

async function writeNew(
  system: System,
  path: string,
  write: (fd: number) => Promise<void>,
): Promise<void> {
  const { fs } = system;
  try {
    const fd = await fs.open(path, OPEN.createNew, 0o600);
    try {
      await write(fd);
      await fs.fsync(fd);
    } finally {
      await fs.close(fd);
    }
  } catch (cause) {
    throw failed(`write ${path}`, cause);
  }
}

/** Replaces a small file in one step; `<path>.tmp` is what a process that died may have left. */
export async function replaceFile(system: System, path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  await discard(system, temporary);
  await writePieces(system, temporary, [text]);
  await move(system, temporary, path);
}

/** Renames, and puts the new name on the disk. */
export async function move(system: System, from: string, to: string): Promise<void> {
  try {
    await system.fs.rename(from, to);
    await syncDirectory(system, dirname(to));
  } catch (cause) {
    throw failed(`move ${from} to ${to}`, cause);
  }
}

/** Makes the directories of a path below `root` that are missing; a link among them is refused. */
export async function makeDirectories(system: System, root: string, path: string): Promise<string> {
  let at = root;
  for (const name of path.split('/')) {
    const above = at;
    at = join(at, name);
    try {
      system.fs.mkdirSync(at, 0o700);
      await syncDirectory(system, above);
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'EEXIST') throw failed(`make ${at}`, cause);
      if (!(await isDirectory(system, at))) throw unsafe(at, 'it is no directory');
    }
  }
  return at;
}

async function isDirectory({ fs }: System, path: string): Promise<boolean> {
  try {
    return (await fs.lstat(path)).isDirectory();
  } catch (cause) {
    throw failed(`look at ${path}`, cause);
  }
}

/** Makes the names in a directory durable. Windows has no such call and needs none. */
export async function syncDirectory(system: System, directory: string): Promise<void> {
  if (system.machine.windows) return;
  const fd = await system.fs.open(directory, OPEN.directory, 0);
  try {
    await system.fs.fsync(fd);
  } finally {
    await system.fs.close(fd);
  }
}

/** Makes the names in a tree of real directories durable. */
export async function syncTree(system: System, directory: string): Promise<void> {
  for (const item of await system.fs.readdir(directory)) {
    if (item.isDirectory()) await syncTree(system, join(directory, item.name));
  }
  await syncDirectory(system, directory);
}

/** Removes a file that may not be there. */
export async function discard({ fs }: System, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw failed(`remove ${path}`, cause);
  }
}

/** Whether two files hold the same bytes. */
export async function sameBytes(fs: FileSystem, one: string, other: string): Promise<boolean> {
  if ((await fs.lstat(one)).size !== (await fs.lstat(other)).size) return false;
  const others = bytesOf(fs, other);
  try {
    for await (const bytes of bytesOf(fs, one)) {
      const { value } = await others.next();
      if (value === undefined || !bytes.equals(value)) return false;
    }
    return true;
  } finally {
    await others.return(undefined);
  }
}

async function* bytesOf(fs: FileSystem, path: string): AsyncGenerator<Buffer, void> {
  const fd = await fs.open(path, OPEN.read, 0);
  try {
    for (let at = 0; ; ) {
      const buffer = Buffer.alloc(COPY_BYTES);
      let length = 0;
      while (length < COPY_BYTES) {
        const count = await fs.read(fd, buffer, length, COPY_BYTES - length, at + length);
        if (count === 0) break;
        length += count;
      }
      if (length > 0) yield buffer.subarray(0, length);
      if (length < COPY_BYTES) return;
      at += length;
    }
  } finally {
    await fs.close(fd);
  }
}

/** The real path of a directory, which may be reached through a link. */
export function realDirectory({ fs }: System, directory: string): string {
  try {
    const root = fs.realpathSync(directory);
    if (fs.lstatSync(root).isDirectory()) return root;
  } catch (cause) {
    throw failed(`look at ${directory}`, cause);
  }
  throw unsafe(directory, 'it is no directory');
}

/** A failure of the system as one of the closed list. */
export function failed(doing: string, cause: unknown): unknown {
  if (isHoldfastError(cause)) return cause;
  const code = String((cause as { code?: unknown } | undefined)?.code);
  if (!/^E[A-Z0-9]+$/.test(code)) return cause;
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code);
  return new HoldfastError(
    full ? 'DISK_FULL' : 'IO_FAILED',
    `Could not ${doing}: ${(cause as Error).message}. Nothing is lost; mend the cause and run it again.`,
    { cause },
  );
}

/** Something stands in the way that nobody follows or overwrites. */
export function unsafe(path: string, reason: string): HoldfastError {
  return new HoldfastError(
    'UNSAFE_PATH',
    `${path} is not used: ${reason}. Look at it and move it away.`,
  );
}
