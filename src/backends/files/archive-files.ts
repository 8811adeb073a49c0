/**
 * Archived conversations: one file each, `<sessionId>.archived.json`, written before the commit
 * that archives and removed after the commit that restores. A file for the active conversation is
 * what a crash between the two leaves; it counts for nothing.
 */
import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import type { Archive, Entry } from '../../model/state.ts';
import type { FilesContext } from './files-context.ts';
import { LineRefused } from './freeze-deep.ts';
import { ioError, isMissing } from './io-error.ts';
import { ARCHIVE_NAME, archiveName } from './layout.ts';
import { decodeLine, encodeLine, type SnapshotLine } from './log-line.ts';
import { fromSnapshot, type LogState, snapshotOf } from './log-state.ts';
import { readFile } from './read-bytes.ts';
import type { SessionFiles } from './session-files.ts';
import { transcriptPlace } from './transcript-path.ts';
import { writeWhole } from './write-whole.ts';

interface ArchiveLine extends SnapshotLine {
  reason: string;
  archivedAt: number;
}

export interface ArchivedState {
  state: LogState;
  entry: Readonly<Entry>;
  reason: string;
  archivedAt: number;
}

export function writeArchive(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  reason: string,
  archivedAt: number,
): Promise<void> {
  const { turn: _turn, former: _former, ...snapshot } = snapshotOf(session.key, state);
  const line: ArchiveLine = { ...snapshot, reason, archivedAt };
  const path = join(session.directory, archiveName(state.sessionId));
  // With either durability: the line that follows may be on the disk before anything that is not synced.
  return writeWhole(context.system, path, encodeLine(line), true);
}

/** One archived conversation; `SESSION_GONE` when there is none of this id. */
export async function readArchive(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string,
): Promise<ArchivedState> {
  const { fs } = context.system;
  const path = join(session.directory, archiveName(sessionId));
  let bytes: Buffer;
  try {
    bytes = await readFile(fs, path, session.key);
  } catch (cause) {
    if (isMissing(cause)) throw archiveGone(session.key, sessionId);
    throw ioError(cause, 'read an archive', session.key);
  }
  const decoded = decodeLine(bytes.subarray(0, -1));
  if ('reason' in decoded) throw damaged(session.key, sessionId, decoded.reason);
  const line = decoded.line as unknown as ArchiveLine;
  if (line.key !== session.key || line.sessionId !== sessionId) {
    throw damaged(session.key, sessionId, `it belongs to ${JSON.stringify(line.key)}`);
  }
  try {
    const state = fromSnapshot(line, (hash) => session.agent.blobs.read(hash));
    return { state, entry: state.entry, reason: line.reason, archivedAt: line.archivedAt };
  } catch (cause) {
    if (cause instanceof LineRefused) throw damaged(session.key, sessionId, cause.message);
    throw cause;
  }
}

/** Ids of the archived conversations; the active one is not among them. */
export async function archivedIds(
  context: FilesContext,
  session: SessionFiles,
  active: string | undefined,
): Promise<string[]> {
  try {
    const names = await context.system.fs.readdir(session.directory);
    return names
      .map(({ name }) => ARCHIVE_NAME.exec(name)?.[1])
      .filter((id): id is string => id !== undefined && id !== active);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw ioError(cause, 'list the archives', session.key);
  }
}

/** Newest first. One that can not be read is told as a warning and does not hide the others. */
export async function listArchives(
  context: FilesContext,
  session: SessionFiles,
): Promise<Archive[]> {
  const state = await session.look();
  if (!state) return [];
  const archives: Archive[] = [];
  for (const sessionId of await archivedIds(context, session, state.sessionId)) {
    try {
      const archived = await readArchive(context, session, sessionId);
      archives.push({
        sessionId,
        entry: archived.entry,
        reason: archived.reason,
        createdAt: archived.state.beganAt,
        archivedAt: archived.archivedAt,
        bytes: transcriptBytes(context, session, sessionId, archived.entry),
      });
    } catch (cause) {
      if (!(cause instanceof HoldfastError)) throw cause;
      if (cause.code === 'SESSION_GONE') continue;
      context.warn({ code: cause.code, key: session.key, message: cause.message });
    }
  }
  return archives.sort(
    (a, b) => b.archivedAt - a.archivedAt || (a.sessionId < b.sessionId ? 1 : -1),
  );
}

/** Bytes of a transcript; 0 when nothing was said in it. */
export function transcriptBytes(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string,
  entry: Readonly<Entry>,
): number {
  const { path } = transcriptPlace(context.system.fs, session, sessionId, entry);
  try {
    return context.system.fs.lstatSync(path).size;
  } catch (cause) {
    if (isMissing(cause)) return 0;
    throw ioError(cause, 'look at a transcript', session.key);
  }
}

function archiveGone(key: string, sessionId: string): HoldfastError {
  return new HoldfastError(
    'SESSION_GONE',
    `Session ${JSON.stringify(key)} has no archived conversation ${JSON.stringify(sessionId)}. List them with archives().`,
    { key },
  );
}

function damaged(key: string, sessionId: string, why: string): HoldfastError {
  return new HoldfastError(
    'ENTRY_DAMAGED',
    `The archive ${JSON.stringify(sessionId)} of session ${JSON.stringify(key)} is damaged: ${why}. Run holdfast repair.`,
    { key },
  );
}
