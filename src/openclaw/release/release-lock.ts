import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { discard } from './names-on-disk.ts';
import { failed } from './release-failure.ts';

const NAME = 'holdfast-release.lock';

/**
 * Runs `work` while no other process can do the same in the directory: `SESSION_BUSY` while one does.
 * The lock is the kernel's and ends with its process; the file is removed at the end.
 */
export async function whileLocked<T>(
  system: System,
  root: string,
  work: () => Promise<T>,
): Promise<T> {
  const { fs, lock } = system;
  const path = join(root, NAME);
  let fd: number;
  try {
    fd = fs.openSync(path, OPEN.lock, 0o600);
  } catch (cause) {
    throw failed(`write into ${root}`, cause);
  }
  try {
    if (!lock.tryLock(fd) || !isStillThere(system, path, fd)) {
      throw new HoldfastError('SESSION_BUSY', `Another process releases ${root} at this moment.`);
    }
    try {
      return await work();
    } finally {
      await discard(system, path);
    }
  } finally {
    fs.closeSync(fd);
  }
}

/** The lock of a file that somebody has removed meanwhile keeps nobody out. */
function isStillThere({ fs }: System, path: string, fd: number): boolean {
  try {
    return fs.lstatSync(path).ino === fs.fstatSync(fd).ino;
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return false;
    throw cause;
  }
}
