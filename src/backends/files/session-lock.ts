/**
 * The kernel's lock of one session, on a file that holds no data and is never replaced.
 *
 * A lock belongs to an inode. A removal moves the whole directory away, lock file and all, and only
 * the holder of the lock does that; so a lock that was taken is worth something exactly if the
 * file at the path is still the one that is locked, and stays so until it is given back.
 */
import { join } from 'node:path';
import { type FileFacts, OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { ioError, isMissing } from './io-error.ts';
import { LOCK_NAME } from './layout.ts';
import { requireOwnFile } from './safe-path.ts';

export class SessionLock {
  readonly #system: System;
  readonly #key: string;
  readonly #path: string;
  /** What is known of the file that is open. */
  #own: FileFacts | undefined;
  fd = -1;

  constructor(system: System, key: string, directory: string) {
    this.#system = system;
    this.#key = key;
    this.#path = join(directory, LOCK_NAME);
  }

  /** Takes the lock unless somebody holds it. `missing`: there is no directory for it. */
  tryTake(): 'taken' | 'busy' | 'missing' {
    if (this.fd < 0 && !this.#open()) return 'missing';
    try {
      return this.#system.lock.tryLock(this.fd) ? 'taken' : 'busy';
    } catch (cause) {
      throw ioError(cause, 'lock', this.#key);
    }
  }

  release(): void {
    this.#system.lock.unlock(this.fd);
  }

  /** Whether the file that is locked is the one that the path leads to. */
  isInPlace(): boolean {
    try {
      const there = this.#system.fs.lstatSync(this.#path);
      return there.ino === this.#own?.ino && there.dev === this.#own.dev;
    } catch (cause) {
      if (isMissing(cause)) return false;
      throw ioError(cause, 'look at the lock', this.#key);
    }
  }

  /** Whether nobody is committing at this moment. Never creates anything. */
  isFree(): boolean {
    const { fs, lock } = this.#system;
    let fd: number;
    try {
      fd = fs.openSync(this.#path, OPEN.read, 0);
    } catch (cause) {
      if (isMissing(cause)) return true;
      throw ioError(cause, 'open the lock', this.#key);
    }
    try {
      return lock.tryShare(fd);
    } finally {
      fs.closeSync(fd);
    }
  }

  close(): void {
    if (this.fd < 0) return;
    const { fd } = this;
    this.fd = -1;
    this.#system.fs.closeSync(fd);
  }

  #open(): boolean {
    const { fs } = this.#system;
    // To make a file inside its directory takes some more calls, and all but the first time it is there.
    const fd = this.#opened(OPEN.lockExisting) ?? this.#opened(OPEN.lock);
    if (fd === undefined) return false;
    try {
      this.#own = requireOwnFile(fs.fstatSync(fd), this.#path, this.#key);
    } catch (cause) {
      fs.closeSync(fd);
      throw cause;
    }
    this.fd = fd;
    return true;
  }

  #opened(flags: number): number | undefined {
    try {
      return this.#system.fs.openSync(this.#path, flags, 0o600);
    } catch (cause) {
      if (isMissing(cause)) return undefined;
      throw ioError(cause, 'open the lock', this.#key);
    }
  }
}
