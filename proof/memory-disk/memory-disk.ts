/**
 * A disk in memory: a tree of directories and files, and what changes it. Whoever listens is told
 * each change as it happens, in the words of a file system: bytes of a file, names of a directory,
 * and what was synced.
 */
import {
  contentOf,
  type DirectoryInode,
  directoryInode,
  type FileInode,
  fileInode,
  type Inode,
  truncateTo,
  writeInto,
} from './inode.ts';
import { systemError } from './system-error.ts';

/** One change, in the order in which it was made. */
export type Change =
  | { readonly kind: 'write'; readonly ino: number; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly ino: number; readonly size: number }
  | { readonly kind: 'link'; readonly name: NameOf; readonly inode: NewInode }
  | { readonly kind: 'unlink'; readonly name: NameOf }
  | { readonly kind: 'rename'; readonly from: NameOf; readonly to: NameOf }
  | { readonly kind: 'sync'; readonly ino: number; readonly upTo: number };

/** A name in a directory. */
export interface NameOf {
  readonly directory: number;
  readonly name: string;
}

export interface NewInode {
  readonly kind: Inode['kind'];
  readonly ino: number;
  readonly mode: number;
}

export class MemoryDisk {
  readonly root: DirectoryInode;
  /** Told of every change; nobody while it is left out. */
  onChange: ((change: Change) => void) | undefined;
  /** Changes so far, syncs among them. */
  changes = 0;
  nowMs = 1_772_323_200_000;
  #lastIno: number;

  /** `root` and what is below it becomes this disk's own. */
  constructor(root: DirectoryInode = directoryInode(2, 0o755), lastIno = 2) {
    this.root = root;
    this.#lastIno = lastIno;
  }

  get lastIno(): number {
    return this.#lastIno;
  }

  /** What a path leads to; nothing when it is not there. `ENOTDIR` for a file on the way. */
  find(path: string, syscall: string): Inode | undefined {
    let at: Inode = this.root;
    for (let from = 1; from < path.length; ) {
      let to = path.indexOf('/', from);
      if (to < 0) to = path.length;
      if (at.kind !== 'directory') throw systemError('ENOTDIR', syscall, path);
      const next = at.names.get(path.slice(from, to));
      if (next === undefined) return undefined;
      at = next;
      from = to + 1;
    }
    return at;
  }

  /** As {@link find}; `ENOENT` when it is not there. */
  get(path: string, syscall: string): Inode {
    const inode = this.find(path, syscall);
    if (inode === undefined) throw systemError('ENOENT', syscall, path);
    return inode;
  }

  /** The directory in which a path's last name lies. */
  parent(path: string, syscall: string): DirectoryInode {
    const cut = path.lastIndexOf('/');
    const parent = cut <= 0 ? this.root : this.get(path.slice(0, cut), syscall);
    if (parent.kind !== 'directory') throw systemError('ENOTDIR', syscall, path);
    return parent;
  }

  makeFile(path: string, mode: number): FileInode {
    const file = fileInode(this.#nextIno(), mode);
    file.mtimeMs = this.nowMs;
    return this.#link(path, file, 'open');
  }

  makeDirectory(path: string, mode: number): DirectoryInode {
    if (this.find(path, 'mkdir')) throw systemError('EEXIST', 'mkdir', path);
    return this.#link(path, directoryInode(this.#nextIno(), mode), 'mkdir');
  }

  write(file: FileInode, at: number, data: Uint8Array): void {
    writeInto(file, at, data);
    file.mtimeMs = this.nowMs;
    this.#tell({ kind: 'write', ino: file.ino, at, data: Buffer.from(data) });
  }

  truncate(file: FileInode, size: number): void {
    const changed = size !== file.size;
    truncateTo(file, size);
    file.mtimeMs = this.nowMs;
    if (changed) this.#tell({ kind: 'truncate', ino: file.ino, size });
  }

  /** A sync has ended that covers the first `upTo` changes. */
  sync(inode: Inode, upTo: number): void {
    this.#tell({ kind: 'sync', ino: inode.ino, upTo });
  }

  unlink(path: string): void {
    const inode = this.get(path, 'unlink');
    if (inode.kind === 'directory') throw systemError('EISDIR', 'unlink', path);
    this.#unlink(path, inode, 'unlink');
  }

  removeDirectory(path: string): void {
    const inode = this.get(path, 'rmdir');
    if (inode.kind !== 'directory') throw systemError('ENOTDIR', 'rmdir', path);
    if (inode.names.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
    this.#unlink(path, inode, 'rmdir');
  }

  rename(from: string, to: string): void {
    const [oldParent, newParent] = [this.parent(from, 'rename'), this.parent(to, 'rename')];
    const inode = this.get(from, 'rename');
    const there = this.find(to, 'rename');
    if (there === inode) return;
    if (inode.kind === 'directory' && `${to}/`.startsWith(`${from}/`)) {
      throw systemError('EINVAL', 'rename', from);
    }
    if (there) this.#requireReplaceable(inode, there, from);
    oldParent.names.delete(lastName(from));
    newParent.names.set(lastName(to), inode);
    if (there) there.links -= 1;
    this.#tell({
      kind: 'rename',
      from: { directory: oldParent.ino, name: lastName(from) },
      to: { directory: newParent.ino, name: lastName(to) },
    });
  }

  /** The same tree once more, to go on with apart from this one. */
  copy(): MemoryDisk {
    return new MemoryDisk(copyOf(this.root, new Map()) as DirectoryInode, this.#lastIno);
  }

  #tell(change: Change): void {
    this.changes += 1;
    this.onChange?.(change);
  }

  #requireReplaceable(inode: Inode, there: Inode, path: string): void {
    if (there.kind === 'directory') {
      if (inode.kind !== 'directory') throw systemError('EISDIR', 'rename', path);
      if (there.names.size > 0) throw systemError('ENOTEMPTY', 'rename', path);
    } else if (inode.kind === 'directory') throw systemError('ENOTDIR', 'rename', path);
  }

  #link<I extends Inode>(path: string, inode: I, syscall: string): I {
    const parent = this.parent(path, syscall);
    const name = lastName(path);
    parent.names.set(name, inode);
    const { kind, ino, mode } = inode;
    this.#tell({
      kind: 'link',
      name: { directory: parent.ino, name },
      inode: { kind, ino, mode },
    });
    return inode;
  }

  #unlink(path: string, inode: Inode, syscall: string): void {
    const parent = this.parent(path, syscall);
    const name = lastName(path);
    parent.names.delete(name);
    inode.links -= 1;
    this.#tell({ kind: 'unlink', name: { directory: parent.ino, name } });
  }

  #nextIno(): number {
    this.#lastIno += 1;
    return this.#lastIno;
  }
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Bytes are shared until one of the two changes them. */
function copyOf(inode: Inode, known: Map<Inode, Inode>): Inode {
  const before = known.get(inode);
  if (before) return before;
  if (inode.kind === 'file') {
    inode.shared = true;
    const copy: FileInode = { ...inode, bytes: contentOf(inode) };
    known.set(inode, copy);
    return copy;
  }
  const { ino, links, mode, mtimeMs } = inode;
  const copy: DirectoryInode = { kind: 'directory', ino, links, mode, mtimeMs, names: new Map() };
  known.set(inode, copy);
  for (const [name, child] of inode.names) copy.names.set(name, copyOf(child, known));
  return copy;
}
