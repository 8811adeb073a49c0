/**
 * The calls of `src/system/file-system.ts` on a disk in memory. What a call does, it does at once;
 * the asynchronous ones resolve in the next microtask. Descriptors are numbered as the kernel does
 * it, the lowest free one first, so that one that is used after its close hits another file.
 */
import { constants } from 'node:fs';
import type { DirectoryName, FileFacts, FileSystem } from '../../src/system/file-system.ts';
import type { FileInode, Inode } from './inode.ts';
import type { MemoryDisk } from './memory-disk.ts';
import { systemError } from './system-error.ts';

const { O_CREAT, O_EXCL, O_APPEND, O_TRUNC, O_WRONLY, O_RDWR, O_DIRECTORY } = constants;
const FIRST_FD = 20;

/** What a descriptor stands for. */
export interface OpenFile {
  readonly inode: Inode;
  readonly append: boolean;
  readonly writes: boolean;
  at: number;
}

/** Everything that the store asks of a file system, answered from memory. */
export class MemoryFiles implements FileSystem {
  readonly #disk: MemoryDisk;
  readonly #open: (OpenFile | undefined)[] = [];
  readonly #onClose: (file: OpenFile) => void;
  readonly #slowSyncs: boolean;
  /** Calls that may still be made: whoever turns in circles is told. */
  callsLeft = Number.POSITIVE_INFINITY;

  /**
   * `onClose`: a lock ends with its descriptor. `slowSyncs`: a sync takes until the next round of the
   * event loop, so that others go on meanwhile, as they do beside a real one.
   */
  constructor(disk: MemoryDisk, onClose: (file: OpenFile) => void, slowSyncs: boolean) {
    this.#disk = disk;
    this.#onClose = onClose;
    this.#slowSyncs = slowSyncs;
  }

  /** Descriptors that are open. */
  get descriptors(): number {
    return this.#open.filter((file) => file !== undefined).length;
  }

  fileOf(fd: number, syscall: string): OpenFile {
    const file = this.#open[fd - FIRST_FD];
    if (!file) throw systemError('EBADF', syscall);
    return file;
  }

  openSync(path: string, flags: number, mode: number): number {
    this.#count();
    const writes = (flags & (O_WRONLY | O_RDWR)) !== 0;
    let inode = this.#disk.find(path, 'open');
    if (inode && (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0) {
      throw systemError('EEXIST', 'open', path);
    }
    if (!inode) {
      if ((flags & O_CREAT) === 0) throw systemError('ENOENT', 'open', path);
      inode = this.#disk.makeFile(path, mode);
    } else if (inode.kind === 'directory') {
      if (writes || (flags & O_CREAT) !== 0) throw systemError('EISDIR', 'open', path);
    } else if ((flags & O_DIRECTORY) !== 0) throw systemError('ENOTDIR', 'open', path);
    else if ((flags & O_TRUNC) !== 0) this.#disk.truncate(inode, 0);
    let slot = this.#open.indexOf(undefined);
    if (slot < 0) slot = this.#open.length;
    this.#open[slot] = { inode, append: (flags & O_APPEND) !== 0, writes, at: 0 };
    return slot + FIRST_FD;
  }

  closeSync(fd: number): void {
    this.#count();
    const file = this.fileOf(fd, 'close');
    this.#open[fd - FIRST_FD] = undefined;
    this.#onClose(file);
  }

  readSync(fd: number, into: Uint8Array, offset: number, length: number, at: number): number {
    this.#count();
    const { inode } = this.fileOf(fd, 'read');
    if (inode.kind === 'directory') throw systemError('EISDIR', 'read');
    const got = Math.max(0, Math.min(length, inode.size - at));
    if (got > 0) into.set(inode.bytes.subarray(at, at + got), offset);
    return got;
  }

  writeSync(fd: number, data: string | Uint8Array, offset = 0, length?: number): number {
    this.#count();
    const file = this.fileOf(fd, 'write');
    if (!file.writes) throw systemError('EBADF', 'write');
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    const end = length === undefined ? bytes.length : offset + length;
    const inode = file.inode as FileInode;
    const at = file.append ? inode.size : file.at;
    this.#disk.write(inode, at, bytes.subarray(offset, end));
    file.at = at + end - offset;
    return end - offset;
  }

  fstatSync(fd: number): FileFacts {
    this.#count();
    return new Facts(this.fileOf(fd, 'fstat').inode);
  }

  lstatSync(path: string): FileFacts {
    this.#count();
    return new Facts(this.#disk.get(path, 'lstat'));
  }

  mkdirSync(path: string, mode: number): void {
    this.#count();
    this.#disk.makeDirectory(path, mode);
  }

  readdirSync(path: string): string[] {
    return this.#names(path).map(([name]) => name);
  }

  renameSync(from: string, to: string): void {
    this.#count();
    this.#disk.rename(from, to);
  }

  unlinkSync(path: string): void {
    this.#count();
    this.#disk.unlink(path);
  }

  rmdirSync(path: string): void {
    this.#count();
    this.#disk.removeDirectory(path);
  }

  ftruncateSync(fd: number, size: number): void {
    this.#count();
    const file = this.fileOf(fd, 'ftruncate');
    if (!file.writes || file.inode.kind === 'directory') throw systemError('EINVAL', 'ftruncate');
    this.#disk.truncate(file.inode, size);
  }

  chmodSync(path: string, mode: number): void {
    this.#count();
    this.#disk.get(path, 'chmod').mode = mode;
  }

  realpathSync(path: string): string {
    this.#count();
    this.#disk.get(path, 'realpath');
    return path;
  }

  async #sync(fd: number, syscall: string): Promise<void> {
    this.#count();
    const { inode } = this.fileOf(fd, syscall);
    const upTo = this.#disk.changes;
    if (this.#slowSyncs) await new Promise((resolve) => setImmediate(resolve));
    this.#disk.sync(inode, upTo);
  }

  #names(path: string): [string, Inode][] {
    this.#count();
    const inode = this.#disk.get(path, 'scandir');
    if (inode.kind !== 'directory') throw systemError('ENOTDIR', 'scandir', path);
    // In the order of their names: what a directory's own order is, nobody may build on.
    return [...inode.names].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #count(): void {
    this.callsLeft -= 1;
    if (this.callsLeft < 0) throw new Error('The store makes calls without an end.');
  }

  open = async (path: string, flags: number, mode: number) => this.openSync(path, flags, mode);
  close = async (fd: number) => this.closeSync(fd);
  read = async (fd: number, into: Uint8Array, offset: number, length: number, at: number) =>
    this.readSync(fd, into, offset, length, at);
  write = async (fd: number, data: Uint8Array, offset: number, length: number) =>
    this.writeSync(fd, data, offset, length);
  fstat = async (fd: number) => this.fstatSync(fd);
  fsync = (fd: number) => this.#sync(fd, 'fsync');
  fdatasync = (fd: number) => this.#sync(fd, 'fdatasync');
  readdir = async (path: string): Promise<DirectoryName[]> =>
    this.#names(path).map(([name, inode]) => new Name(name, inode.kind));
  rename = async (from: string, to: string) => this.renameSync(from, to);
  unlink = async (path: string) => this.unlinkSync(path);
  rmdir = async (path: string) => this.rmdirSync(path);
  lstat = async (path: string) => this.lstatSync(path);
}

class Kind {
  readonly #kind: Inode['kind'];

  constructor(kind: Inode['kind']) {
    this.#kind = kind;
  }

  isFile(): boolean {
    return this.#kind === 'file';
  }

  isDirectory(): boolean {
    return this.#kind === 'directory';
  }

  isSymbolicLink(): boolean {
    return false;
  }
}

class Name extends Kind implements DirectoryName {
  readonly name: string;

  constructor(name: string, kind: Inode['kind']) {
    super(kind);
    this.name = name;
  }
}

const TYPE_BITS = { file: 0o100000, directory: 0o040000 } as const;

class Facts extends Kind implements FileFacts {
  readonly dev = 1;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly uid = 0;

  constructor(inode: Inode) {
    super(inode.kind);
    this.ino = inode.ino;
    this.mode = inode.mode | TYPE_BITS[inode.kind];
    this.nlink = inode.links;
    this.size = inode.kind === 'file' ? inode.size : 0;
    this.mtimeMs = inode.mtimeMs;
  }
}
