/**
 * Reset and restore: another conversation becomes the active one, in one commit.
 *
 *     1. what was committed before is synced
 *     2. the active conversation is archived in a file of its own, synced  (counts for nothing yet)
 *     3. the transcript of the new conversation is there, with its header
 *     4. one line of the log names the new session id and its entry  (the commit)
 *     5. restore only: the line is synced, and the archive that became active again is removed
 *
 * A crash before 4 leaves the old conversation active and an archive of it that nobody counts; a
 * crash after 4 leaves the new one active. A running turn is over with 4. The syncs of 1, 2 and 5 are
 * made with either durability: without them a power loss could leave a conversation that is neither
 * active nor archived, or an archive of one that never was.
 */
import { join } from 'node:path';
import type { Guard, ResetAsk } from '../../contract/backend.ts';
import { checkGuard, sessionGone } from '../../contract/check-guard.ts';
import type { JsonObject } from '../../model/json.ts';
import { keepFields } from '../../model/patch.ts';
import type { Entry } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import { syncDirectory } from '../../system/sync-directory.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { keepCommits } from './acknowledge.ts';
import { readArchive, writeArchive } from './archive-files.ts';
import { newState } from './commit-entry.ts';
import { commitLine, createLog } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import { errno, ioError } from './io-error.ts';
import { archiveName, transcriptName } from './layout.ts';
import { type LogState, snapshotOf } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';
import { headerLine } from './transcript-line.ts';
import { discard } from './write-whole.ts';

/** Runs inside the session. */
export async function resetSession(
  context: FilesContext,
  session: SessionFiles,
  ask: ResetAsk,
  guard: Guard,
): Promise<LogState> {
  const { state } = session;
  checkGuard(session.key, state, session.runningFence(state), guard);
  // Where there is nothing to archive, a new conversation is all that was asked for.
  if (!state) return createLog(context, session, newState(context, Object.freeze({})));
  const now = Math.max(state.updatedAt, context.system.clock.now());
  const sessionId = context.system.random.id(now);
  // A transcript that another program left belongs to the conversation that ends here.
  const { sessionFile: _file, ...kept } = keepFields(state.entry, ask.keep);
  await keepCommits(context, session);
  await writeArchive(context, session, state, ask.reason, now);
  await beginTranscript(context, session, sessionId, now);
  try {
    const next = { sessionId, entry: kept, at: now, beganAt: now, blobs: sameBlobs(state, kept) };
    return await activate(context, session, state, next, 'reset');
  } catch (cause) {
    // Nobody has heard of the conversation; a repair would take its transcript for a lost one.
    await discard(context.system, join(session.directory, transcriptName(sessionId)));
    throw cause;
  }
}

/** Runs inside the session. */
export async function restoreSession(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string,
  guard: Guard,
): Promise<LogState> {
  const { state } = session;
  checkGuard(session.key, state, session.runningFence(state), guard);
  if (!state) throw sessionGone(session.key);
  if (sessionId === state.sessionId) return state;
  const archived = await readArchive(context, session, sessionId);
  const now = Math.max(state.updatedAt, context.system.clock.now());
  await keepCommits(context, session);
  await writeArchive(context, session, state, 'restore', now);
  const { entry } = archived;
  const { beganAt } = archived.state;
  const blobs = sameBlobs(state, entry);
  const former = { sessionId, entry, at: now, beganAt, blobs };
  const next = await activate(context, session, state, former, 'restore');
  try {
    await keepCommits(context, session);
  } catch (cause) {
    // The restore counts. What stays is the archive of an active conversation, which counts for nothing.
    const { code, message } = ioError(cause, 'sync', session.key);
    context.warn({ code, key: session.key, message });
    return next;
  }
  await discard(context.system, join(session.directory, archiveName(sessionId)));
  return next;
}

/** References to blobs of the fields that stay as they are. */
function sameBlobs(state: LogState, entry: Readonly<Entry>): Record<string, string> {
  const blobs: Record<string, string> = {};
  for (const [field, hash] of Object.entries(state.blobs)) {
    if (entry[field] === state.entry[field]) blobs[field] = hash;
  }
  return blobs;
}

/** The conversation that becomes the active one. */
interface Activation {
  sessionId: string;
  entry: Readonly<Entry>;
  blobs: Readonly<Record<string, string>>;
  /** When it becomes active, and when it began. */
  at: number;
  beganAt: number;
}

/** The commit. */
export async function activate(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  { sessionId, entry, blobs, at, beganAt }: Activation,
  kind: 'reset' | 'restore',
): Promise<LogState> {
  const { turn: _turn, former: _former, ...rest } = state;
  const next: LogState = {
    ...rest,
    rev: state.rev + 1,
    sessionId,
    beganAt,
    updatedAt: at,
    entry: Object.freeze({ ...entry }),
    blobs,
  };
  const inline = snapshotOf(session.key, next).entry as JsonObject;
  const line = { rev: next.rev, at, beganAt, sessionId, entry: inline, blobs };
  const committed = await commitLine(
    context,
    session,
    next,
    JSON.stringify(line).slice(0, -1),
    kind,
  );
  session.transcript.close();
  session.count();
  return committed;
}

/** The new conversation has its transcript before it is active. */
export async function beginTranscript(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string,
  now: number,
): Promise<void> {
  const { system } = context;
  const path = join(session.directory, transcriptName(sessionId));
  try {
    const fd = await system.fs.open(path, OPEN.createNew, 0o600);
    try {
      await writeBytes(system.fs, fd, headerLine(session.key, sessionId, now));
      if (context.power) await system.fs.fsync(fd);
    } finally {
      await system.fs.close(fd);
    }
    if (context.power) await syncDirectory(system, session.directory);
  } catch (cause) {
    if (errno(cause) !== 'EEXIST') await discard(system, path);
    throw ioError(cause, 'begin a transcript', session.key);
  }
}
