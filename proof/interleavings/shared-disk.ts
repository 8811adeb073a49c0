/**
 * A small file system in memory with the kernel's whole-file locks, for several processes at once.
 * What it holds is replaced and never changed, so a copy of it costs a few maps: whoever explores
 * orders of calls keeps one at every fork.
 *
 * Descriptors are numbered as the kernel does it, the lowest free one of a process first. Inode
 * numbers are either each process's own, so that orders which come to the same end look the same, or
 * used again at once (`reuse`), as ext4 does.
 */
import { constants } from 'node:fs';
import { dirname } from 'node:path';

const { O_CREAT, O_EXCL, O_APPEND, O_WRONLY, O_RDWR } = constants;
const ROOT = 1;
const OF_PROCESS = 10_000;

/** Bytes are kept as Latin-1 text: it is immutable, and cheap to compare. */
interface Inode {
  readonly kind: 'file' | 'directory';
  readonly text: string;
  readonly names: ReadonlyMap<string, number>;
  readonly links: number;
  readonly mode: number;
}

interface OpenFile {
  readonly ino: number;
  readonly path: string;
  readonly append: boolean;
  readonly writes: boolean;
  readonly at: number;
  readonly lock: 'none' | 'shared' | 'exclusive';
}

/** What `stat` tells. */
export interface Facts {
  readonly ino: number;
  readonly kind: 'file' | 'directory';
  readonly size: number;
  readonly links: number;
  readonly mode: number;
}

export class SharedDisk {
  readonly #reuse: boolean;
  #inodes: Map<number, Inode>;
  #open: Map<number, OpenFile>;
  #made: Map<number, number>;

  constructor(reuse = false) {
    this.#reuse = reuse;
    this.#inodes = new Map([[ROOT, directory(0o700)]]);
    this.#open = new Map();
    this.#made = new Map();
  }

  /** The same disk, to go on with in another direction. */
  copy(): SharedDisk {
    const copy = new SharedDisk(this.#reuse);
    copy.#inodes = new Map(this.#inodes);
    copy.#open = new Map(this.#open);
    copy.#made = new Map(this.#made);
    return copy;
  }

  /** Text that is the same for two disks exactly when nothing can tell them apart. */
  identity(): string {
    let text = this.#reuse ? '' : [...this.#made].sort().join(';');
    for (const ino of [...this.#inodes.keys()].sort((a, b) => a - b)) {
      text += ` ${ino}:${tagOf(this.#inode(ino))}`;
    }
    for (const fd of [...this.#open.keys()].sort((a, b) => a - b)) {
      const { ino, at, lock, append } = this.#file(fd);
      text += ` ${fd}=${ino}@${append ? '' : at}${lock[0]}`;
    }
    return text;
  }

  openFile(process: number, path: string, flags: number, mode: number): number {
    let ino = this.find(path);
    if (ino !== undefined && (flags & O_CREAT) !== 0 && (flags & O_EXCL) !== 0)
      throw systemError('EEXIST', 'open', path);
    if (ino === undefined) {
      if ((flags & O_CREAT) === 0) throw systemError('ENOENT', 'open', path);
      ino = this.#put(process, path, { ...file(''), mode: mode & 0o777 });
    }
    const writes = (flags & (O_WRONLY | O_RDWR)) !== 0;
    if (writes && this.#inode(ino).kind === 'directory') throw systemError('EISDIR', 'open', path);
    let fd = process * OF_PROCESS + 3;
    while (this.#open.has(fd)) fd += 1;
    const append = (flags & O_APPEND) !== 0;
    this.#open.set(fd, { ino, path, append, writes, at: 0, lock: 'none' });
    return fd;
  }

  close(fd: number): void {
    const { ino } = this.#file(fd);
    this.#open.delete(fd);
    this.#forget(ino);
  }

  read(fd: number, length: number, at: number): string {
    return this.#inode(this.#file(fd).ino).text.slice(at, at + length);
  }

  write(fd: number, text: string): number {
    const open = this.#file(fd);
    if (!open.writes) throw systemError('EBADF', 'write', open.path);
    const node = this.#inode(open.ino);
    const at = open.append ? node.text.length : open.at;
    const before = node.text.slice(0, at).padEnd(at, '\0');
    const whole = before + text + node.text.slice(at + text.length);
    this.#inodes.set(open.ino, { ...node, text: whole });
    this.#open.set(fd, { ...open, at: at + text.length });
    return text.length;
  }

  truncate(fd: number, size: number): void {
    const { ino } = this.#file(fd);
    const node = this.#inode(ino);
    this.#inodes.set(ino, { ...node, text: node.text.slice(0, size).padEnd(size, '\0') });
  }

  factsOf(fd: number): Facts {
    return this.#facts(this.#file(fd).ino);
  }

  facts(path: string): Facts {
    return this.#facts(this.#found(path, 'lstat'));
  }

  makeDirectory(process: number, path: string, mode: number): void {
    if (this.find(path) !== undefined) throw systemError('EEXIST', 'mkdir', path);
    this.#put(process, path, directory(mode & 0o777));
  }

  names(path: string): { name: string; kind: 'file' | 'directory' }[] {
    const node = this.#inode(this.#found(path, 'scandir'));
    if (node.kind !== 'directory') throw systemError('ENOTDIR', 'scandir', path);
    return [...node.names]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, ino]) => ({ name, kind: this.#inode(ino).kind }));
  }

  rename(from: string, to: string): void {
    const ino = this.#found(from, 'rename');
    const there = this.find(to);
    if (there === ino) return;
    if (there !== undefined && this.#inode(there).kind === 'directory') {
      if (this.#inode(there).names.size > 0) throw systemError('ENOTEMPTY', 'rename', to);
      this.#unname(to);
    } else if (there !== undefined) this.unlink(to);
    this.#unname(from);
    this.#name(to, ino, 'rename');
  }

  unlink(path: string): void {
    const ino = this.#found(path, 'unlink');
    const node = this.#inode(ino);
    if (node.kind === 'directory') throw systemError('EISDIR', 'unlink', path);
    this.#unname(path);
    this.#inodes.set(ino, { ...node, links: node.links - 1 });
    this.#forget(ino);
  }

  removeDirectory(path: string): void {
    const ino = this.#found(path, 'rmdir');
    const node = this.#inode(ino);
    if (node.kind !== 'directory') throw systemError('ENOTDIR', 'rmdir', path);
    if (node.names.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
    this.#unname(path);
    this.#inodes.set(ino, { ...node, links: 0 });
    this.#forget(ino);
  }

  changeMode(path: string, mode: number): void {
    const ino = this.#found(path, 'chmod');
    this.#inodes.set(ino, { ...this.#inode(ino), mode: mode & 0o777 });
  }

  /** A lock belongs to the open file: two descriptors of one process exclude each other. */
  tryLock(fd: number, lock: 'shared' | 'exclusive'): boolean {
    const mine = this.#file(fd);
    for (const [other, { ino, lock: held }] of this.#open) {
      if (other === fd || ino !== mine.ino || held === 'none') continue;
      if (held === 'exclusive' || lock === 'exclusive') return false;
    }
    this.#open.set(fd, { ...mine, lock });
    return true;
  }

  unlock(fd: number): void {
    this.#open.set(fd, { ...this.#file(fd), lock: 'none' });
  }

  /** The kernel takes everything back that a process had open, its locks first of all. */
  die(process: number): void {
    for (const fd of [...this.#open.keys()]) {
      if (Math.floor(fd / OF_PROCESS) === process) this.close(fd);
    }
  }

  /** Whether this process holds the lock of the file that lies at this path now. */
  holdsLock(process: number, path: string): boolean {
    const at = this.find(path);
    return [...this.#open].some(
      ([fd, { ino, lock }]) =>
        Math.floor(fd / OF_PROCESS) === process && ino === at && lock === 'exclusive',
    );
  }

  /** Paths that a process has open. */
  openOf(process: number): string[] {
    return [...this.#open]
      .filter(([fd]) => Math.floor(fd / OF_PROCESS) === process)
      .map(([, { path }]) => path);
  }

  /** Where an open file lies now; nothing when it was unlinked. */
  pathOf(fd: number): string | undefined {
    return this.#search(ROOT, '', this.#file(fd).ino);
  }

  /** All bytes of the file at a path. */
  textOf(path: string): string {
    return this.#inode(this.#found(path, 'read')).text;
  }

  /** Every path on the disk, directories included. */
  paths(): string[] {
    const all: string[] = [];
    const walk = (from: number, path: string) => {
      for (const [name, ino] of this.#inode(from).names) {
        all.push(`${path}/${name}`);
        walk(ino, `${path}/${name}`);
      }
    };
    walk(ROOT, '');
    return all.sort();
  }

  /** The inode at a path, if any; following no links, because there are none. */
  find(path: string): number | undefined {
    let ino: number | undefined = ROOT;
    for (const part of path.split('/')) {
      if (part === '' || ino === undefined) continue;
      ino = this.#inodes.get(ino)?.names.get(part);
    }
    return ino;
  }

  #search(from: number, path: string, wanted: number): string | undefined {
    for (const [name, ino] of this.#inode(from).names) {
      const here = `${path}/${name}`;
      if (ino === wanted) return here;
      const below = this.#search(ino, here, wanted);
      if (below !== undefined) return below;
    }
    return undefined;
  }

  #found(path: string, call: string): number {
    const ino = this.find(path);
    if (ino === undefined) throw systemError('ENOENT', call, path);
    return ino;
  }

  #put(process: number, path: string, node: Inode): number {
    let ino = ROOT + 1;
    if (this.#reuse) while (this.#inodes.has(ino)) ino += 1;
    else {
      const made = (this.#made.get(process) ?? 0) + 1;
      this.#made.set(process, made);
      ino = (process + 1) * OF_PROCESS + made;
    }
    this.#name(path, ino, 'open');
    this.#inodes.set(ino, node);
    return ino;
  }

  #name(path: string, ino: number, call: string): void {
    this.#inFolder(path, call, (names) => names.set(path.slice(path.lastIndexOf('/') + 1), ino));
  }

  #unname(path: string): void {
    this.#inFolder(path, 'unlink', (names) => names.delete(path.slice(path.lastIndexOf('/') + 1)));
  }

  #inFolder(path: string, call: string, change: (names: Map<string, number>) => void): void {
    const folder = this.#found(dirname(path), call);
    const node = this.#inode(folder);
    if (node.kind !== 'directory') throw systemError('ENOTDIR', call, path);
    const names = new Map(node.names);
    change(names);
    this.#inodes.set(folder, { ...node, names });
  }

  #forget(ino: number): void {
    if (this.#inode(ino).links > 0) return;
    for (const open of this.#open.values()) if (open.ino === ino) return;
    this.#inodes.delete(ino);
  }

  #facts(ino: number): Facts {
    const { kind, text, links, mode } = this.#inode(ino);
    return { ino, kind, size: text.length, links, mode };
  }

  #inode(ino: number): Inode {
    const node = this.#inodes.get(ino);
    if (!node) throw new Error(`there is no inode ${ino}`);
    return node;
  }

  #file(fd: number): OpenFile {
    const open = this.#open.get(fd);
    if (!open) throw systemError('EBADF', 'use', String(fd));
    return open;
  }
}

function file(text: string): Inode {
  return { kind: 'file', text, names: NO_NAMES, links: 1, mode: 0o600 };
}

function directory(mode: number): Inode {
  return { kind: 'directory', text: '', names: NO_NAMES, links: 1, mode };
}

const tags = new Map<string, number>();
const tagged = new WeakMap<Inode, number>();

/** A number for everything that is in an inode: the same for the same. */
function tagOf(node: Inode): number {
  let tag = tagged.get(node);
  if (tag === undefined) {
    const names = [...node.names].sort().join(';');
    const text = `${node.kind[0]}${node.links}.${node.mode} ${names} ${node.text}`;
    tag = tags.get(text) ?? tags.size;
    tags.set(text, tag);
    tagged.set(node, tag);
  }
  return tag;
}

const NO_NAMES: ReadonlyMap<string, number> = new Map();

/** An error as `node:fs` makes it. */
export function systemError(code: string, syscall: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}
