/**
 * Lock files of turns and of those that wait for one. Each is made for one fence or one place in the
 * line and never used again, so a lock on it can only be that turn's or that waiter's. The kernel
 * frees it when the process ends; nobody judges by names, pids or ages.
 */
import { join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { errno, ioError, isMissing } from './io-error.ts';
import { TICKET_NAME, ticketName, turnLockName } from './layout.ts';
import { requireOwnFile } from './safe-path.ts';

/** Whether somebody holds the lock of this file. A file that is not there is held by nobody. */
function isHeld(system: System, path: string): boolean {
  const { fs, lock } = system;
  let fd: number;
  try {
    fd = fs.openSync(path, OPEN.read, 0);
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw ioError(cause, `look at ${path}`);
  }
  try {
    // Shared, so that two who look at the same time do not take each other for the holder.
    return !lock.tryShare(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** Whether the turn of this fence still has its process. */
export function isTurnAlive(system: System, directory: string, fence: number): boolean {
  return isHeld(system, join(directory, turnLockName(fence)));
}

/** Makes and takes the lock of a new turn: its descriptor, or nothing when somebody holds it. */
export function takeTurnLock(system: System, directory: string, fence: number): number | undefined {
  const { fs, lock } = system;
  const path = join(directory, turnLockName(fence));
  const fd = fs.openSync(path, OPEN.lock, 0o600);
  try {
    requireOwnFile(fs.fstatSync(fd), path);
    if (!lock.tryLock(fd)) {
      fs.closeSync(fd);
      return undefined;
    }
    fs.ftruncateSync(fd, 0);
    return fd;
  } catch (cause) {
    fs.closeSync(fd);
    throw cause;
  }
}

export function removeTurnLock(system: System, directory: string, fence: number): void {
  removeIfThere(system, join(directory, turnLockName(fence)));
}

function removeIfThere(system: System, path: string): void {
  try {
    system.fs.unlinkSync(path);
  } catch (cause) {
    // Windows keeps a name while somebody looks at the file. Whatever else keeps it: an unlocked
    // leftover means nothing, and what made it superfluous has been committed.
    if (errno(cause) === undefined) throw cause;
  }
}

/** A place in the line of processes that wait for the turn of one session. */
export class Ticket {
  readonly #system: System;
  readonly #path: string;
  #fd: number;
  readonly number: number;

  private constructor(system: System, path: string, fd: number, number: number) {
    this.#system = system;
    this.#path = path;
    this.#fd = fd;
    this.number = number;
  }

  /** Takes the next place. The caller holds the session's lock. */
  static take(system: System, directory: string): Ticket {
    const number = (ticketNumbers(system, directory).at(-1) ?? 0) + 1;
    const path = join(directory, ticketName(number));
    const fd = system.fs.openSync(path, OPEN.createNew, 0o600);
    try {
      system.lock.tryLock(fd);
    } catch (cause) {
      system.fs.closeSync(fd);
      throw cause;
    }
    return new Ticket(system, path, fd, number);
  }

  /** Leaves the line. */
  drop(): void {
    if (this.#fd < 0) return;
    removeIfThere(this.#system, this.#path);
    this.#system.fs.closeSync(this.#fd);
    this.#fd = -1;
  }
}

function ticketNumbers(system: System, directory: string): number[] {
  return system.fs
    .readdirSync(directory)
    .map((name) => Number(TICKET_NAME.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

/** Whether a living process waits in front of `number`. The dead ones are taken out of the line. */
export function someoneWaitsBefore(system: System, directory: string, number: number): boolean {
  for (const other of ticketNumbers(system, directory)) {
    if (other >= number) return false;
    const path = join(directory, ticketName(other));
    if (isHeld(system, path)) return true;
    removeIfThere(system, path);
  }
  return false;
}
