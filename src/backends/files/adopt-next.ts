import { join } from 'node:path';
import type { Guard, NextConversation } from '../../contract/backend.ts';
import { checkGuard, conversationTaken, sessionGone } from '../../contract/check-guard.ts';
import { copyFields } from '../../model/copy-json.ts';
import { checkEntryBytes } from '../../model/patch.ts';
import { checkSessionId } from '../../model/session-id.ts';
import type { Entry } from '../../model/state.ts';
import { keepCommits } from './acknowledge.ts';
import { archivedIds, writeArchive } from './archive-files.ts';
import { activate, beginTranscript } from './change-conversation.ts';
import { placeBlobs } from './commit-entry.ts';
import type { FilesContext } from './files-context.ts';
import { ioError, isMissing } from './io-error.ts';
import { transcriptName } from './layout.ts';
import type { LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';
import { headerLine } from './transcript-line.ts';
import { transcriptPlace } from './transcript-path.ts';
import { discard } from './write-whole.ts';

/** Runs inside the session: the steps of a reset, with results that are given instead of made. */
export async function adoptNext(
  context: FilesContext,
  session: SessionFiles,
  next: NextConversation,
  guard: Guard,
): Promise<LogState> {
  const { key, state } = session;
  checkGuard(key, state, session.runningFence(state), guard);
  if (!state) throw sessionGone(key);
  const { sessionId, beganAt } = next;
  checkSessionId(sessionId);
  const archived = await archivedIds(context, session, state.sessionId);
  if ([state.sessionId, ...archived].includes(sessionId)) throw conversationTaken(key, sessionId);
  const given = copyFields(next.entry, 'entry', { key }) as Readonly<Entry>;
  checkEntryBytes(given, key);
  const placed = await placeBlobs(session, { entry: given, set: given, unset: undefined });
  const { entry, blobs = {} } = placed;
  const at = Math.max(state.updatedAt, next.updatedAt);
  await keepCommits(context, session);
  await writeArchive(context, session, state, next.reason, next.archivedAt);
  // Another program may have left its transcript elsewhere.
  const beside = join(session.directory, transcriptName(sessionId));
  const begins = transcriptPlace(context.system.fs, session, sessionId, given).path === beside;
  if (begins) {
    await discardBegun(context, session, sessionId, beganAt);
    await beginTranscript(context, session, sessionId, beganAt);
  }
  try {
    return await activate(
      context,
      session,
      state,
      { sessionId, entry, blobs, at, beganAt },
      'reset',
    );
  } catch (cause) {
    // Nobody has heard of the conversation; a repair would take its transcript for a lost one.
    if (begins) await discard(context.system, beside);
    throw cause;
  }
}

/**
 * A try that failed twice, the second time while it was taken back, has left the transcript that it
 * had begun. Its name was given, so it is in the way of the next try; no record is in it.
 */
async function discardBegun(
  { system }: FilesContext,
  { directory, key }: SessionFiles,
  sessionId: string,
  beganAt: number,
): Promise<void> {
  const path = join(directory, transcriptName(sessionId));
  try {
    const { size } = await system.fs.lstat(path);
    if (size <= Buffer.byteLength(headerLine(key, sessionId, beganAt))) await discard(system, path);
  } catch (cause) {
    if (!isMissing(cause)) throw ioError(cause, 'begin a transcript', key);
  }
}
