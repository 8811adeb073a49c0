/**
 * Folding: a metadata log that has grown well past its snapshot is written anew as one line, under
 * the number of the next generation.
 *
 *     log long enough --without a lock--> a snapshot is written to a temp file and synced
 *     temp ready --under the lock--> lines that came meanwhile are added to it
 *                --> the old log announces the fold in a last line
 *                --> the temp file gets its name            (the new generation counts from here)
 *     named      --without a lock--> the name is synced
 *                --under the lock, if it is still this log--> the old generation is unlinked
 *
 * The lock is held for some microseconds, not for the sync. A crash before the name: the old log
 * goes on, its announcement means nothing. A crash after it: the highest generation counts. The old
 * one is only unlinked once the new one is on the disk, so a fold never risks what was there.
 */
import { join } from 'node:path';
import { OPEN } from '../../system/file-system.ts';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { cutTornTail } from './cut-torn-tail.ts';
import { endFold, endFormerFold, type Folded, hasFormerFold, runsThrough } from './end-fold.ts';
import type { FilesContext } from './files-context.ts';
import { openLogFile } from './generations.ts';
import { logName } from './layout.ts';
import { encodeLine } from './log-line.ts';
import { type LogState, snapshotOf } from './log-state.ts';
import { readBytes } from './read-bytes.ts';
import type { SessionFiles } from './session-files.ts';
import type { SessionLog } from './session-log.ts';
import { discard, moveIntoPlace } from './write-whole.ts';

/** Smaller: folds cost more than they save. Larger: a cold read replays more lines. */
const GROWTH_BYTES_MIN = 131_072;
/** Smaller: a fold costs more than the replay that it spares whoever opens the log next. */
const OPENED_BYTES_MIN = 32_768;
/** More: a program that opens many long logs waits for threads and descriptors that its folds hold. */
const SPARING_FOLDS_MAX = 2;
/** A large snapshot is written anew only when the lines after it have outgrown it as often. */
const SNAPSHOTS_MIN = 4;

/** Whether a log has grown well past its snapshot. */
export function isFoldDue(size: number, snapshotBytes: number): boolean {
  return size - snapshotBytes > GROWTH_BYTES_MIN + SNAPSHOTS_MIN * snapshotBytes;
}

/** Whether a fold pays now, or the one before left something to do. */
export function isFoldWanted(context: FilesContext, session: SessionFiles): boolean {
  const { log, foldRequired } = session;
  const isDue = isFoldDue(log.size, log.replay.snapshotBytes) || isWorthFolding(context, log);
  return foldRequired || hasFormerFold(session) || isDue;
}

/**
 * Whether to open the log has cost this process more than a fold does, so that a fold pays as soon
 * as the log is opened once more. Such a fold is not made while others are: a later commit will.
 */
function isWorthFolding({ folds }: FilesContext, { replay }: SessionLog): boolean {
  const { openedBytes, snapshotBytes } = replay;
  if (openedBytes <= OPENED_BYTES_MIN) return false;
  const spared = openedBytes - snapshotBytes > OPENED_BYTES_MIN + SNAPSHOTS_MIN * snapshotBytes;
  return spared && folds.size < SPARING_FOLDS_MAX;
}

interface Prepared {
  temporary: string;
  /** Negative once it is closed. */
  fd: number;
  generation: number;
  /** Bytes of the old log that the snapshot covers, and how they end. */
  covered: number;
  trailer: string;
  bytes: number;
  /** How the snapshot ends. */
  ending: string;
}

/**
 * Folds the log of a session, or waits for the fold that is under way. A fold that fails changes
 * nothing and is told.
 */
export function foldLog(context: FilesContext, session: SessionFiles): Promise<void> {
  if (session.fold) return session.fold;
  context.folds.add(session);
  session.fold = fold(context, session).finally(() => {
    session.fold = undefined;
    context.folds.delete(session);
  });
  return session.fold;
}

/** Folds the log if a sync of it failed, also one that failed while a fold is under way. */
export async function foldAgain(context: FilesContext, session: SessionFiles): Promise<void> {
  // A sync of the new log may have failed while the fold that made it was removing the old one.
  if (session.fold) await session.fold;
  if (session.foldRequired) await foldLog(context, session);
}

async function fold(context: FilesContext, session: SessionFiles): Promise<void> {
  try {
    // What is due besides is seen by the next commit.
    if ((await endFormerFold(context, session)) && !session.foldRequired) return;
    const prepared = await prepare(context, session);
    if (prepared) await exchange(context, session, prepared);
  } catch (cause) {
    context.warn({
      code: 'FOLD_FAILED',
      key: session.key,
      message: `The metadata log was not folded: ${(cause as Error).message}. It goes on as it is.`,
    });
  }
}

async function prepare(
  context: FilesContext,
  session: SessionFiles,
): Promise<Prepared | undefined> {
  const { system } = context;
  const { log } = session;
  const { state, generation, size: covered } = log;
  const { trailer } = log.replay;
  // Where there is no session any more, nothing has to be kept.
  if (!log.damage && (!state || state.removed)) session.foldRequired = false;
  if (!state || state.removed || log.damage) return undefined;
  const snapshot = encodeLine(snapshotOf(session.key, state));
  const bytes = Buffer.byteLength(snapshot);
  const temporary = join(
    session.directory,
    `${logName(generation + 1)}.tmp-${system.random.token()}`,
  );
  const fd = await system.fs.open(temporary, OPEN.createNew, 0o600);
  try {
    await context.disk.append(fd, snapshot, bytes);
    await system.fs.fsync(fd);
  } catch (cause) {
    await system.fs.close(fd);
    await discard(system, temporary);
    throw cause;
  }
  const ending = snapshot.slice(-trailer.length);
  return { temporary, fd, generation, covered, trailer, bytes, ending };
}

async function exchange(
  context: FilesContext,
  session: SessionFiles,
  prepared: Prepared,
): Promise<void> {
  const done = await session
    .exclusive(() => exchangeInside(context, session, prepared), { create: false }, true)
    .catch(async (cause) => {
      await giveUp(context, prepared);
      throw cause;
    });
  if (!done) return await giveUp(context, prepared);
  await endFold(context, session, done);
}

async function giveUp({ system }: FilesContext, prepared: Prepared): Promise<void> {
  if (prepared.fd >= 0) await closed(system, prepared);
  await discard(system, prepared.temporary);
}

async function closed(system: System, prepared: Prepared): Promise<void> {
  const { fd } = prepared;
  prepared.fd = -1;
  await system.fs.close(fd);
}

/** Runs inside the session. Nothing: the log was folded or removed meanwhile by somebody else. */
async function exchangeInside(
  context: FilesContext,
  session: SessionFiles,
  prepared: Prepared,
): Promise<Folded | undefined> {
  const { system } = context;
  const { temporary, fd, generation, covered, trailer, bytes, ending } = prepared;
  const { log } = session;
  const state = session.state as LogState | undefined;
  if (!state || log.generation !== generation) return undefined;
  if (!(await runsThrough(system, log, covered, trailer))) return undefined;
  const since = await readBytes(system.fs, log.fd, covered, log.size - covered);
  if (since.length < log.size - covered) return undefined;
  if (since.length > 0) await writeBytes(system.fs, fd, since);
  if (context.power) await system.fs.fdatasync(fd);
  await session.syncs.settled();
  // Nothing may be glued to what a writer that died has left of its line.
  if (log.fileSize !== log.size)
    await cutTornTail(context, session, log.path, log.fd, log.size, log.fileSize);
  const announced = encodeLine({ fold: generation + 1 });
  await context.disk.append(log.fd, announced, Buffer.byteLength(announced));
  // A file that is renamed while it is open counts as linked twice on some file systems (ntfs-3g).
  await closed(system, prepared);
  const path = join(session.directory, logName(generation + 1));
  await moveIntoPlace(system, temporary, path);
  prepared.fd = openLogFile(system.fs, path, session.key).fd;
  if (context.power) await syncDirectory(system, session.directory);
  const all = bytes + since.length;
  const end = since.length > 0 ? log.replay.trailer : ending;
  log.adopt(prepared.fd, generation + 1, { snapshot: bytes, all }, state, end);
  session.foldRequired = false;
  session.count();
  return { generation: generation + 1, size: all, trailer: end };
}
