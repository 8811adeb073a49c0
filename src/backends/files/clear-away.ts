/** Directories of removed sessions: moved away at once, emptied in small steps. */
import { dirname, join } from 'node:path';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { makeDirectory } from './agent-files.ts';
import type { FilesContext } from './files-context.ts';
import { errno, isMissing } from './io-error.ts';
import { LOCK_NAME, LOG_NAME } from './layout.ts';
import type { SessionFiles } from './session-files.ts';
import { discard } from './write-whole.ts';

/** Runs inside the session, whose log has ended: the path that it was moved to. */
export function moveAway(context: FilesContext, session: SessionFiles): string | undefined {
  const { removed } = session.agent.paths;
  const away = join(removed, context.system.random.token());
  try {
    makeDirectory(context.system, removed);
    context.system.fs.renameSync(session.directory, away);
    return away;
  } catch (cause) {
    // The log says that the session is gone; its directory can wait until nobody has it open.
    context.warn({
      code: errno(cause) ?? 'IO_FAILED',
      key: session.key,
      message: `The directory of the removed session stays for now: ${(cause as Error).message}.`,
    });
    return undefined;
  }
}

/**
 * A removal was cut short by a crash after its commit: its directory is moved away now, so that
 * nothing in it comes back with the next session of the key. `false`: it can not be moved yet. When
 * the next session is about to begin in it (`create`), what belonged to the ended one goes first.
 * Runs inside the session.
 */
export function finishRemoval(
  context: FilesContext,
  session: SessionFiles,
  create: boolean,
): boolean {
  const moved = moveAway(context, session);
  if (moved === undefined) {
    if (create) emptyNow(context.system, session.directory);
    return false;
  }
  context.later(clearAway(context.system, moved));
  return true;
}

/** Removes transcripts and archives; locks stay, and the logs, which say that the session has ended. */
function emptyNow({ fs }: System, directory: string): void {
  for (const name of fs.readdirSync(directory)) {
    if (name === LOCK_NAME || LOG_NAME.test(name) || name.startsWith('turn.')) continue;
    fs.unlinkSync(join(directory, name));
  }
}

/**
 * Empties a directory that was moved away, once it is moved on the disk, too: after a power loss a
 * session is there with all its files, or not at all.
 */
export async function clearAway(system: System, moved: string): Promise<void> {
  await syncDirectory(system, dirname(moved));
  await removeTree(system, moved);
}

/** Removes a directory of ours with its files, one at a time. Links are removed, never followed. */
export async function removeTree(system: System, directory: string): Promise<void> {
  const { fs } = system;
  try {
    if (!(await fs.lstat(directory)).isDirectory()) {
      await discard(system, directory);
      return;
    }
    for (const entry of await fs.readdir(directory)) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) await removeTree(system, path);
      else await discard(system, path);
    }
    await fs.rmdir(directory);
  } catch (cause) {
    // Somebody else empties it too, or it is in use: the next opening tries again.
    if (
      !isMissing(cause) &&
      !['ENOTEMPTY', 'EBUSY', 'EPERM', 'EACCES'].includes(errno(cause) ?? '')
    ) {
      throw cause;
    }
  }
}
