/**
 * The last step of a fold: the name of the new generation is synced, and the old ones are unlinked.
 *
 *     named --the directory is synced--> durable --under the lock, if it is still this log--> ended
 *     any step fails --> the old generation stays beside the new one, which counts; the next commit
 *                        of this session makes the step again
 */
import { join } from 'node:path';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import type { FilesContext } from './files-context.ts';
import { logName } from './layout.ts';
import { readBytes } from './read-bytes.ts';
import type { SessionFiles } from './session-files.ts';
import type { SessionLog } from './session-log.ts';
import { discard } from './write-whole.ts';

/** The log that a fold has made. */
export interface Folded {
  generation: number;
  size: number;
  trailer: string;
}

/** Folds whose last step has not been made, or has failed. */
const unended = new WeakMap<SessionFiles, Folded>();

/** Whether the fold before has left its old log behind. */
export function hasFormerFold(session: SessionFiles): boolean {
  return unended.has(session);
}

/** Makes the last step of a fold. */
export async function endFold(
  context: FilesContext,
  session: SessionFiles,
  folded: Folded,
): Promise<void> {
  unended.set(session, folded);
  await syncDirectory(context.system, session.directory);
  const remove = () => removeOld(context, session, folded);
  // Those who need a fold wait for the end of this one, so it waits for none itself.
  await session.exclusive(remove, { create: false }, true);
  unended.delete(session);
}

/** Makes the last step of the fold before, if that one failed there: whether there was one. */
export async function endFormerFold(
  context: FilesContext,
  session: SessionFiles,
): Promise<boolean> {
  const folded = unended.get(session);
  if (folded) await endFold(context, session, folded);
  return folded !== undefined;
}

/**
 * Runs inside the session: by now it may have been removed and made anew, and what bears the number
 * of an old generation is then the log of the new session.
 */
async function removeOld(
  { system }: FilesContext,
  session: SessionFiles,
  { generation, size, trailer }: Folded,
): Promise<void> {
  const { log } = session;
  if (log.generation !== generation || !(await runsThrough(system, log, size, trailer))) return;
  for (const old of log.generations()) {
    if (old < generation) await discard(system, join(session.directory, logName(old)));
  }
}

/** Whether the log that is open is the one of which the first `size` bytes end so. */
export async function runsThrough(
  { fs }: System,
  { fd, size: now }: SessionLog,
  size: number,
  trailer: string,
): Promise<boolean> {
  if (fd < 0 || now < size) return false;
  const end = await readBytes(fs, fd, size - trailer.length, trailer.length);
  return end.toString('latin1') === trailer;
}
