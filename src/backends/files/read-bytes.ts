import { type FileSystem, OPEN } from '../../system/file-system.ts';
import { requireOwnFile } from './safe-path.ts';

/** The bytes of a file from a place on; fewer than asked for when it ends before. */
export async function readBytes(
  fs: FileSystem,
  fd: number,
  at: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let got = 0;
  while (got < bytes.length) {
    const n = await fs.read(fd, bytes, got, bytes.length - got, at + got);
    if (n === 0) break;
    got += n;
  }
  return bytes.subarray(0, got);
}

/** The bytes of a file from a place on to its end, and at most `bytesMax` of them. */
export async function readRest(
  fs: FileSystem,
  fd: number,
  at: number,
  bytesMax: number,
): Promise<Buffer> {
  return readBytes(fs, fd, at, Math.min(bytesMax, (await fs.fstat(fd)).size - at));
}

/** As {@link readBytes}, on the event loop: for what is short. */
export function readBytesNow(fs: FileSystem, fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let got = 0;
  while (got < bytes.length) {
    const n = fs.readSync(fd, bytes, got, bytes.length - got, at + got);
    if (n === 0) break;
    got += n;
  }
  return bytes.subarray(0, got);
}

/** All bytes of a file of the store. Fails with the system's error when there is none. */
export async function readFile(fs: FileSystem, path: string, key?: string): Promise<Buffer> {
  const fd = await fs.open(path, OPEN.read, 0);
  try {
    const { size } = requireOwnFile(await fs.fstat(fd), path, key);
    return await readBytes(fs, fd, 0, size);
  } finally {
    await fs.close(fd);
  }
}

/** As {@link readFile}, on the event loop, and at most `bytesMax` of it. */
export function readFileNow(fs: FileSystem, path: string, bytesMax: number): Buffer {
  const fd = fs.openSync(path, OPEN.read, 0);
  try {
    const { size } = requireOwnFile(fs.fstatSync(fd), path);
    return readBytesNow(fs, fd, 0, Math.min(size, bytesMax));
  } finally {
    fs.closeSync(fd);
  }
}
