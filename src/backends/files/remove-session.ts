/**
 * Removing a session.
 *
 *     1. a last line ends the log                       (the commit: there is no session any more)
 *     2. the directory is moved away under a name that no session has
 *     3. it is emptied in small steps, off the event loop, after the caller was answered and the
 *        move is on the disk
 *
 * Whoever has the files open sees the last line and looks the session up again by its path. A crash
 * before 2 leaves an ended log in its place, which counts as no session, and whoever writes there
 * next goes on with 2; a crash in 3 leaves a directory that the next opening empties. Where the
 * system does not move a directory with open files (Windows), the next session of the key begins
 * the next generation of the log in it.
 */
import { basename, dirname, join } from 'node:path';
import type { Guard } from '../../contract/backend.ts';
import { checkGuard } from '../../contract/check-guard.ts';
import type { FileSystem } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { archivedIds, readArchive } from './archive-files.ts';
import { clearAway, moveAway } from './clear-away.ts';
import { commitLine } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import { ioError } from './io-error.ts';
import type { LogState } from './log-state.ts';
import { endNotSynced } from './session-errors.ts';
import type { SessionFiles } from './session-files.ts';
import { transcriptPlace } from './transcript-path.ts';
import { discard } from './write-whole.ts';

/** Runs inside the session. */
export async function removeSession(
  context: FilesContext,
  session: SessionFiles,
  guard: Guard,
): Promise<boolean> {
  const { state } = session;
  // Nothing is there: what the caller wants is so already, whatever it knew of it before.
  if (!state) return false;
  checkGuard(session.key, state, session.runningFence(state), guard);
  const elsewhere = await filesElsewhere(context, session, state);
  const next: LogState = { ...state, removed: true };
  const at = context.system.clock.now();
  await commitLine(context, session, next, `{"removed":true,"at":${at}`, 'remove');
  // What lies elsewhere does not move away with the directory: it goes only when the end is on the disk.
  if (context.power || elsewhere.length > 0) {
    await keepEnd(context, session);
  }
  const moved = moveAway(context, session);
  session.forget();
  context.later(empty(context.system, moved, elsewhere));
  return true;
}

/** The end was committed: when its sync fails, nobody knows whether a power loss takes it back. */
async function keepEnd(context: FilesContext, session: SessionFiles): Promise<void> {
  try {
    await context.system.fs.fdatasync(session.log.fd);
  } catch (cause) {
    throw endNotSynced(session.key, cause);
  }
}

/** Transcripts that lie where another program left them, and their side files: they go too. */
async function filesElsewhere(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
): Promise<string[]> {
  const { fs } = context.system;
  const paths = [session.transcript.locate(state).path];
  for (const sessionId of await archivedIds(context, session, state.sessionId)) {
    try {
      const { entry } = await readArchive(context, session, sessionId);
      paths.push(transcriptPlace(fs, session, sessionId, entry).path);
    } catch (cause) {
      // A damaged archive tells nothing about where its transcript lies; it stops no removal.
      const { code, message } = ioError(cause, 'read an archive', session.key);
      context.warn({ code, key: session.key, message });
    }
  }
  const elsewhere = paths.filter((path) => !path.startsWith(session.directory));
  return elsewhere.flatMap((path) => [path, ...sideFiles(fs, path)]);
}

/** What lies beside a transcript under its name: trajectories, checkpoints, media lists. */
function sideFiles(fs: FileSystem, transcript: string): string[] {
  const stem = `${basename(transcript, '.jsonl')}.`;
  const names = fs.readdirSync(dirname(transcript));
  return names
    .filter((name) => name.startsWith(stem) && name !== basename(transcript))
    .map((name) => join(dirname(transcript), name));
}

async function empty(
  system: System,
  directory: string | undefined,
  elsewhere: readonly string[],
): Promise<void> {
  for (const path of elsewhere) await discard(system, path);
  if (directory !== undefined) await clearAway(system, directory);
}
