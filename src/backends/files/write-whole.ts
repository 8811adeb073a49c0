import { dirname } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { pause } from '../../system/timers.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { errno, ioError, isMissing } from './io-error.ts';

/** Virus scanners and indexers on Windows hold a file for a moment after it was written. */
const HELD = new Set(['EPERM', 'EACCES', 'EBUSY']);
const RETRY_MS_MAX = 2_500;
const RETRY_PAUSE_MS_MAX = 250;

/**
 * The one way in which a whole file comes to be: written under a name that nobody can have
 * planted, then renamed into its place. A failure leaves what was there before, and no temp file.
 *
 * With `sync` the bytes and the name are on the disk when it resolves.
 */
export async function writeWhole(
  system: System,
  path: string,
  text: string,
  sync: boolean,
): Promise<void> {
  const { fs } = system;
  const temporary = `${path}.tmp-${system.random.token()}`;
  try {
    const fd = await fs.open(temporary, OPEN.createNew, 0o600);
    try {
      await writeBytes(fs, fd, text);
      if (sync) await fs.fsync(fd);
    } finally {
      await fs.close(fd);
    }
    await moveIntoPlace(system, temporary, path);
    if (sync) await syncDirectory(system, dirname(path));
  } catch (cause) {
    await discard(system, temporary);
    throw ioError(cause, `write ${path}`);
  }
}

/** Renames, again and again for a while where somebody holds the file for a moment. */
export async function moveIntoPlace(system: System, from: string, to: string): Promise<void> {
  const began = system.clock.elapsed();
  for (let tries = 0; ; tries++) {
    try {
      await system.fs.rename(from, to);
      return;
    } catch (cause) {
      const late = system.clock.elapsed() - began > RETRY_MS_MAX;
      if (late || !HELD.has(errno(cause) ?? '')) throw cause;
      await pause(system.timers, Math.min(RETRY_PAUSE_MS_MAX, 10 * 2 ** tries));
    }
  }
}

/** Removes a file that may not be there. `false`: it stays, and `verify` will report it. */
export async function discard(system: System, path: string): Promise<boolean> {
  try {
    await system.fs.unlink(path);
    return true;
  } catch (cause) {
    // The error that led here is the one that the caller has to hear of.
    return isMissing(cause);
  }
}
