/**
 * When a write may be called done. With `process` durability that is when its bytes are in the
 * kernel; with `power`, when a sync that began after the write has ended. The sync is begun under
 * the lock and waited for without it, so it is shared by all who write meanwhile. A sync that
 * failed leaves the outcome unknown, and the log is written anew before anything in it is
 * acknowledged again.
 */
import { dirname } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import type { SessionState, TranscriptRecord } from '../../model/state.ts';
import { syncDirectory } from '../../system/sync-directory.ts';
import { bothEnded } from './both-ended.ts';
import type { FilesContext } from './files-context.ts';
import { foldAgain, foldLog, isFoldWanted } from './fold-log.ts';
import { isMissing } from './io-error.ts';
import type { LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';
import { shownState } from './shown-state.ts';
import type { SyncGroup } from './sync-group.ts';

/** A result, and what has to be waited for before the caller may have it. */
export interface Acknowledged<T> {
  shown: T;
  synced?: Promise<void>;
}

/** Runs inside the session, right after a commit. */
export function acknowledge(
  context: FilesContext,
  session: SessionFiles,
  committed: LogState | Promise<LogState>,
): Acknowledged<SessionState> | Promise<Acknowledged<SessionState>> {
  if (committed instanceof Promise) {
    return committed.then((state) => acknowledgeState(context, session, state));
  }
  return acknowledgeState(context, session, committed);
}

function acknowledgeState(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
): Acknowledged<SessionState> {
  foldWhenDue(context, session);
  const shown = shownState(context, session, state);
  if (!context.power) return { shown };
  return { shown, synced: syncLog(context, session) };
}

/** Runs inside the session, right after an append. */
export function acknowledgeRecord(
  context: FilesContext,
  session: SessionFiles,
  appended: TranscriptRecord | Promise<TranscriptRecord>,
): Acknowledged<TranscriptRecord> | Promise<Acknowledged<TranscriptRecord>> {
  if (appended instanceof Promise) {
    return appended.then((record) => acknowledgeNow(context, session, record));
  }
  return acknowledgeNow(context, session, appended);
}

function acknowledgeNow(
  context: FilesContext,
  session: SessionFiles,
  shown: TranscriptRecord,
): Acknowledged<TranscriptRecord> {
  if (!context.power) return { shown };
  const { transcript } = session;
  const record = syncFile(context, session, transcript.syncs, transcript.fd, 'transcript');
  const named = transcript.named ? record : record.then(() => nameTranscript(context, session));
  return { shown, synced: bothEnded(named, syncLog(context, session)) };
}

function syncLog(context: FilesContext, session: SessionFiles): Promise<void> {
  if (session.foldRequired) return whenWrittenAnew(context, session);
  const synced = syncFile(context, session, session.syncs, session.log.fd, 'metadata log');
  if (session.log.file.named) return synced;
  // Side by side: the file system writes them down in one go.
  return bothEnded(synced, nameLog(context, session));
}

/** A fold takes over every line that was there when it ended: this one, too. */
async function whenWrittenAnew(context: FilesContext, session: SessionFiles): Promise<void> {
  await foldAgain(context, session);
  if (session.foldRequired) throw unknownOutcome(session, 'metadata log', undefined);
}

/**
 * What was committed before is on the disk, with either durability: something is about to be done
 * that a power loss would leave without it. Runs inside the session.
 */
export async function keepCommits(context: FilesContext, session: SessionFiles): Promise<void> {
  // Another sync would say that all is well; the fold waits for the lock that is held here.
  if (session.foldRequired) throw unknownOutcome(session, 'metadata log', undefined);
  await syncFile(context, session, session.syncs, session.log.fd, 'metadata log');
  if (session.log.file.named) return;
  try {
    await syncDirectory(context.system, session.directory);
  } catch (cause) {
    throw unknownOutcome(session, 'directory', cause);
  }
}

/** The names on the way to a new log are on the disk, too. */
async function nameLog(context: FilesContext, session: SessionFiles): Promise<void> {
  const { file } = session.log;
  try {
    await bothEnded(syncDirectory(context.system, session.directory), session.agent.sync());
  } catch (cause) {
    // Removed since by another process: there is nothing any more that could be lost.
    if (isMissing(cause)) return;
    throw unknownOutcome(session, 'directory', cause);
  }
  file.named = true;
}

async function nameTranscript(context: FilesContext, session: SessionFiles): Promise<void> {
  const { transcript } = session;
  const { path } = transcript;
  try {
    await syncDirectory(context.system, dirname(path));
  } catch (cause) {
    if (isMissing(cause)) return;
    throw unknownOutcome(session, 'directory', cause);
  }
  // Another conversation may have become active meanwhile.
  if (transcript.path === path) transcript.named = true;
}

function syncFile(
  context: FilesContext,
  session: SessionFiles,
  group: SyncGroup,
  fd: number,
  what: string,
): Promise<void> {
  return group.wait(fd).catch((cause) => {
    session.foldRequired = true;
    context.later(foldAgain(context, session));
    throw unknownOutcome(session, what, cause);
  });
}

function unknownOutcome(session: SessionFiles, what: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'OUTCOME_UNKNOWN',
    `The ${what} of session ${JSON.stringify(session.key)} was written but its sync failed: nobody knows whether it survives a power loss. Read it to see what is there.`,
    { key: session.key, cause },
  );
}

function foldWhenDue(context: FilesContext, session: SessionFiles): void {
  if (session.fold || !isFoldWanted(context, session)) return;
  context.later(foldLog(context, session));
}
