import fs from 'node:fs';
import { promisify } from 'node:util';

/** What the store needs to know of a file. */
export interface FileFacts {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly uid: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/** A name in a directory, with its kind. */
export interface DirectoryName {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

/**
 * Every call that the store makes to the file system, with the shapes of `node:fs`, so that tests
 * replace single calls by faulty, recorded or simulated ones.
 */
export interface FileSystem {
  openSync(path: string, flags: number, mode: number): number;
  closeSync(fd: number): void;
  readSync(fd: number, into: Uint8Array, offset: number, length: number, at: number): number;
  writeSync(fd: number, data: string | Uint8Array, offset?: number, length?: number): number;
  fstatSync(fd: number): FileFacts;
  lstatSync(path: string): FileFacts;
  mkdirSync(path: string, mode: number): void;
  readdirSync(path: string): string[];
  renameSync(from: string, to: string): void;
  unlinkSync(path: string): void;
  rmdirSync(path: string): void;
  ftruncateSync(fd: number, size: number): void;
  chmodSync(path: string, mode: number): void;
  realpathSync(path: string): string;

  open(path: string, flags: number, mode: number): Promise<number>;
  close(fd: number): Promise<void>;
  read(fd: number, into: Uint8Array, offset: number, length: number, at: number): Promise<number>;
  write(fd: number, data: Uint8Array, offset: number, length: number): Promise<number>;
  fstat(fd: number): Promise<FileFacts>;
  fsync(fd: number): Promise<void>;
  fdatasync(fd: number): Promise<void>;
  readdir(path: string): Promise<DirectoryName[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  lstat(path: string): Promise<FileFacts>;
}

const read = promisify(fs.read);
const write = promisify(fs.write);
const readdir = promisify(fs.readdir);

/** The machine's own file system. */
export const realFileSystem: FileSystem = {
  openSync: fs.openSync,
  closeSync: fs.closeSync,
  readSync: fs.readSync,
  writeSync: fs.writeSync as FileSystem['writeSync'],
  fstatSync: fs.fstatSync as FileSystem['fstatSync'],
  lstatSync: fs.lstatSync as FileSystem['lstatSync'],
  mkdirSync: (path, mode) => {
    fs.mkdirSync(path, mode);
  },
  readdirSync: fs.readdirSync as FileSystem['readdirSync'],
  renameSync: fs.renameSync,
  unlinkSync: fs.unlinkSync,
  rmdirSync: fs.rmdirSync as FileSystem['rmdirSync'],
  ftruncateSync: fs.ftruncateSync,
  chmodSync: fs.chmodSync,
  realpathSync: (path) => fs.realpathSync.native(path),

  open: promisify(fs.open) as FileSystem['open'],
  close: promisify(fs.close),
  read: async (fd, into, offset, length, at) =>
    (await read(fd, into, offset, length, at)).bytesRead,
  write: async (fd, data, offset, length) =>
    (await write(fd, data, offset, length, null)).bytesWritten,
  fstat: promisify(fs.fstat) as FileSystem['fstat'],
  fsync: promisify(fs.fsync),
  fdatasync: promisify(fs.fdatasync),
  readdir: (path) => readdir(path, { withFileTypes: true }),
  rename: promisify(fs.rename),
  unlink: promisify(fs.unlink),
  rmdir: promisify(fs.rmdir) as FileSystem['rmdir'],
  lstat: promisify(fs.lstat) as FileSystem['lstat'],
};

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_APPEND } = fs.constants;
// Windows has neither flag; it opens no FIFO by a plain path and needs rights to make a link.
const GUARDED = (fs.constants.O_NOFOLLOW ?? 0) | (fs.constants.O_NONBLOCK ?? 0);

/**
 * Flags for every open of a file of the store. None follows a link in the last place, and none
 * hangs on a FIFO that somebody has put there.
 */
export const OPEN = {
  read: O_RDONLY | GUARDED,
  append: O_RDWR | O_APPEND | GUARDED,
  appendOrCreate: O_RDWR | O_APPEND | O_CREAT | GUARDED,
  createNew: O_RDWR | O_APPEND | O_CREAT | O_EXCL | GUARDED,
  lock: O_RDWR | O_CREAT | GUARDED,
  lockExisting: O_RDWR | GUARDED,
  directory: O_RDONLY,
} as const;
