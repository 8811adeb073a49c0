/** Files and directories of a disk in memory. */

/** A file: its bytes, of which the first `size` count. */
export interface FileInode {
  readonly kind: 'file';
  readonly ino: number;
  /** Bytes beyond `size` are not looked at. Never changed while `shared`. */
  bytes: Buffer;
  size: number;
  /** Another disk has the same bytes: they are copied before the first change. */
  shared: boolean;
  links: number;
  mode: number;
  mtimeMs: number;
}

export interface DirectoryInode {
  readonly kind: 'directory';
  readonly ino: number;
  readonly names: Map<string, Inode>;
  links: number;
  mode: number;
  mtimeMs: number;
}

export type Inode = FileInode | DirectoryInode;

const NONE = Buffer.alloc(0);

/** A file with these bytes, which are not copied before they change. */
export function fileInode(ino: number, mode: number, bytes: Buffer = NONE): FileInode {
  const shared = true;
  return { kind: 'file', ino, bytes, size: bytes.length, shared, links: 1, mode, mtimeMs: 0 };
}

export function directoryInode(ino: number, mode: number): DirectoryInode {
  return { kind: 'directory', ino, names: new Map(), links: 1, mode, mtimeMs: 0 };
}

/** The bytes of a file as they are now; a view that the next change may leave behind or alter. */
export function contentOf(file: FileInode): Buffer {
  return file.bytes.length === file.size ? file.bytes : file.bytes.subarray(0, file.size);
}

/** Makes room for `size` bytes that may be changed. What is between the old size and the new is zero. */
function makeRoom(file: FileInode, size: number): void {
  if (!file.shared && file.bytes.length >= size) {
    if (size > file.size) file.bytes.fill(0, file.size, size);
    return;
  }
  const bytes = Buffer.alloc(Math.max(size, file.size * 2, 256));
  file.bytes.copy(bytes, 0, 0, file.size);
  file.bytes = bytes;
  file.shared = false;
}

export function writeInto(file: FileInode, at: number, data: Uint8Array): void {
  const end = at + data.length;
  makeRoom(file, Math.max(end, file.size));
  file.bytes.set(data, at);
  if (end > file.size) file.size = end;
}

export function truncateTo(file: FileInode, size: number): void {
  if (size > file.size) makeRoom(file, size);
  file.size = size;
}
