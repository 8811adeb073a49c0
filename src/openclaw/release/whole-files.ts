/** Files that a release makes: whole, on the disk, and nobody else's. */
import { type FileSystem, OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { discard, move } from './names-on-disk.ts';
import { failed } from './release-failure.ts';

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
