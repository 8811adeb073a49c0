import type { FileLock } from '../../src/system/file-lock.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './memory-files.ts';
import { systemError } from './system-error.ts';

/** Who holds which file: exclusively, or together with others. */
export type LockTable = Map<Inode, { exclusive: OpenFile | undefined; shared: Set<OpenFile> }>;

/** Whole-file locks as the kernel gives them: they belong to the open file and end with it. */
export class MemoryLocks implements FileLock {
  readonly #fileOf: (fd: number) => OpenFile;
  readonly #table: LockTable;

  constructor(fileOf: (fd: number) => OpenFile, table: LockTable = new Map()) {
    this.#fileOf = fileOf;
    this.#table = table;
  }

  tryLock(fd: number): boolean {
    const file = this.#fileOf(fd);
    if (!file.writes) throw systemError('EBADF', 'lock');
    const held = this.#held(file);
    if (held.exclusive && held.exclusive !== file) return false;
    for (const other of held.shared) if (other !== file) return false;
    held.shared.delete(file);
    held.exclusive = file;
    return true;
  }

  tryShare(fd: number): boolean {
    const file = this.#fileOf(fd);
    const held = this.#held(file);
    if (held.exclusive && held.exclusive !== file) return false;
    held.exclusive = undefined;
    held.shared.add(file);
    return true;
  }

  unlock(fd: number): void {
    this.drop(this.#fileOf(fd));
  }

  /** The descriptor was closed, or its process died. */
  drop(file: OpenFile): void {
    const held = this.#table.get(file.inode);
    if (!held) return;
    if (held.exclusive === file) held.exclusive = undefined;
    held.shared.delete(file);
    if (!held.exclusive && held.shared.size === 0) this.#table.delete(file.inode);
  }

  #held(file: OpenFile) {
    let held = this.#table.get(file.inode);
    if (!held) {
      held = { exclusive: undefined, shared: new Set() };
      this.#table.set(file.inode, held);
    }
    return held;
  }
}
