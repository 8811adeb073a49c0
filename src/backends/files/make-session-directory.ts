/**
 * The directory of a session that begins.
 *
 * On some volumes a directory can be there in which nothing can be made. The kernel keeps a removed
 * directory for as long as somebody has a file of it open, marked as dead; a FUSE volume that gives
 * its number to the next directory (lowntfs-3g does) gets the dead one with it. Every file in it is
 * then refused with ENOENT, whoever asks, until the last reader has closed its file.
 *
 *     made, or found --nothing can be made in it, again and again--> another one takes its place
 *
 * The other one is made elsewhere first, so that it has a number of its own, and renamed over the
 * first. The system does that only while the first is empty: one in which somebody has begun a
 * session meanwhile stays, and so does the lock in it.
 */
import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import { makeDirectory } from './agent-files.ts';
import { errno, isMissing } from './io-error.ts';

/** Looks after which a directory counts as one in which nothing can be made. */
const LOOKS_MAX = 3;
/** It is no longer empty, or the system does not rename over a directory (Windows). */
const TAKEN = new Set(['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES', 'EBUSY']);

/**
 * Makes it, unless it is there. `looks`: how often the lock was looked for in vain before;
 * `removed`: the directory for what was moved away, which the next opening empties.
 */
export function makeSessionDirectory(
  system: System,
  directory: string,
  removed: string,
  looks: number,
): void {
  makeDirectory(system, directory);
  if (looks < LOOKS_MAX) return;
  const spare = join(removed, system.random.token());
  makeDirectory(system, removed);
  makeDirectory(system, spare);
  try {
    system.fs.renameSync(spare, directory);
  } catch (cause) {
    system.fs.rmdirSync(spare);
    if (!isMissing(cause) && !TAKEN.has(errno(cause) ?? '')) throw cause;
  }
}
