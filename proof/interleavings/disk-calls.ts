/** The seam's calls as plain values: one call, one answer, so that both can be kept and compared. */
import type { FileLock } from '../../src/system/file-lock.ts';
import type { DirectoryName, FileFacts, FileSystem } from '../../src/system/file-system.ts';
import { type Facts, type SharedDisk, systemError } from './shared-disk.ts';

/** 2026-03-01 in UTC: nothing on the disk is old. */
const WRITTEN = Date.UTC(2026, 2, 1);

export type DiskCall =
  | { name: 'open'; path: string; flags: number; mode: number }
  | { name: 'close' | 'fstat' | 'sync' | 'tryLock' | 'tryShare' | 'unlock'; fd: number }
  | { name: 'read'; fd: number; length: number; at: number }
  | { name: 'write'; fd: number; text: string }
  | { name: 'truncate'; fd: number; size: number }
  | { name: 'mkdir' | 'chmod'; path: string; mode: number }
  | { name: 'lstat' | 'readdir' | 'unlink' | 'rmdir' | 'realpath'; path: string }
  | { name: 'rename'; from: string; to: string };

/** What a call gave: a plain value, or the name of the system's error. */
export type Answer = { value: unknown } | { errno: string };

/** Makes one call of one process. */
export function perform(disk: SharedDisk, process: number, call: DiskCall): Answer {
  try {
    return { value: resultOf(disk, process, call) };
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code === undefined) throw cause;
    return { errno: code };
  }
}

function resultOf(disk: SharedDisk, process: number, call: DiskCall): unknown {
  switch (call.name) {
    case 'open':
      return disk.openFile(process, call.path, call.flags, call.mode);
    case 'close':
      return disk.close(call.fd);
    case 'fstat':
      return disk.factsOf(call.fd);
    case 'sync':
      return void disk.factsOf(call.fd);
    case 'tryLock':
      return disk.tryLock(call.fd, 'exclusive');
    case 'tryShare':
      return disk.tryLock(call.fd, 'shared');
    case 'unlock':
      return disk.unlock(call.fd);
    case 'read':
      return disk.read(call.fd, call.length, call.at);
    case 'write':
      return disk.write(call.fd, call.text);
    case 'truncate':
      return disk.truncate(call.fd, call.size);
    case 'mkdir':
      return disk.makeDirectory(process, call.path, call.mode);
    case 'chmod':
      return disk.changeMode(call.path, call.mode);
    case 'lstat':
      return disk.facts(call.path);
    case 'readdir':
      return disk.names(call.path);
    case 'unlink':
      return disk.unlink(call.path);
    case 'rmdir':
      return disk.removeDirectory(call.path);
    case 'realpath':
      return call.path;
    case 'rename':
      return disk.rename(call.from, call.to);
  }
}

/** The value of an answer; throws as the system would. */
export function valueIn(call: DiskCall, answer: Answer): unknown {
  if ('errno' in answer) throw systemError(answer.errno, call.name, pathIn(call));
  return answer.value;
}

/** What a call is about, for people. */
export function pathIn(call: DiskCall): string {
  if ('path' in call) return call.path;
  return 'from' in call ? `${call.from} -> ${call.to}` : `descriptor ${call.fd}`;
}

type Now = (call: DiskCall) => unknown;
type Later = (call: DiskCall) => Promise<unknown>;

/** The file system of one process, whose calls are made by `now` and, where it waits, by `later`. */
export function fileSystemOver(now: Now, later: Later): FileSystem {
  const into = (bytes: Uint8Array, offset: number, text: unknown) =>
    Buffer.from(bytes.buffer, bytes.byteOffset).write(text as string, offset, 'latin1');
  return {
    openSync: (path, flags, mode) => now({ name: 'open', path, flags, mode }) as number,
    closeSync: (fd) => void now({ name: 'close', fd }),
    readSync: (fd, bytes, offset, length, at) =>
      into(bytes, offset, now({ name: 'read', fd, length, at })),
    writeSync: (fd, data, offset, length) =>
      now({ name: 'write', fd, text: latin1(data, offset, length) }) as number,
    fstatSync: (fd) => shown(now({ name: 'fstat', fd })),
    lstatSync: (path) => shown(now({ name: 'lstat', path })),
    mkdirSync: (path, mode) => void now({ name: 'mkdir', path, mode }),
    readdirSync: (path) => named(now({ name: 'readdir', path })).map(({ name }) => name),
    renameSync: (from, to) => void now({ name: 'rename', from, to }),
    unlinkSync: (path) => void now({ name: 'unlink', path }),
    rmdirSync: (path) => void now({ name: 'rmdir', path }),
    ftruncateSync: (fd, size) => void now({ name: 'truncate', fd, size }),
    chmodSync: (path, mode) => void now({ name: 'chmod', path, mode }),
    realpathSync: (path) => now({ name: 'realpath', path }) as string,
    open: (path, flags, mode) => later({ name: 'open', path, flags, mode }) as Promise<number>,
    close: async (fd) => void (await later({ name: 'close', fd })),
    read: async (fd, bytes, offset, length, at) =>
      into(bytes, offset, await later({ name: 'read', fd, length, at })),
    write: (fd, data, offset, length) =>
      later({ name: 'write', fd, text: latin1(data, offset, length) }) as Promise<number>,
    fstat: async (fd) => shown(await later({ name: 'fstat', fd })),
    fsync: async (fd) => void (await later({ name: 'sync', fd })),
    fdatasync: async (fd) => void (await later({ name: 'sync', fd })),
    readdir: async (path) => named(await later({ name: 'readdir', path })),
    rename: async (from, to) => void (await later({ name: 'rename', from, to })),
    unlink: async (path) => void (await later({ name: 'unlink', path })),
    rmdir: async (path) => void (await later({ name: 'rmdir', path })),
    lstat: async (path) => shown(await later({ name: 'lstat', path })),
  };
}

/** The kernel's locks as one process has them. */
export function fileLockOver(now: Now): FileLock {
  return {
    tryLock: (fd) => now({ name: 'tryLock', fd }) as boolean,
    tryShare: (fd) => now({ name: 'tryShare', fd }) as boolean,
    unlock: (fd) => void now({ name: 'unlock', fd }),
  };
}

function latin1(data: string | Uint8Array, offset = 0, length?: number): string {
  if (typeof data === 'string') return Buffer.from(data, 'utf8').toString('latin1');
  const size = length ?? data.length - offset;
  return Buffer.from(data.buffer, data.byteOffset + offset, size).toString('latin1');
}

function kindOf(kind: Facts['kind']) {
  return {
    isFile: () => kind === 'file',
    isDirectory: () => kind === 'directory',
    isSymbolicLink: () => false,
  };
}

function shown(facts: unknown): FileFacts {
  const { ino, kind, size, links, mode } = facts as Facts;
  return { dev: 1, ino, mode, nlink: links, size, mtimeMs: WRITTEN, uid: 0, ...kindOf(kind) };
}

function named(names: unknown): DirectoryName[] {
  return (names as ReturnType<SharedDisk['names']>).map(({ name, kind }) => ({
    name,
    ...kindOf(kind),
  }));
}
