/** `transcript`: records in the order in which they were appended, without a lock. */
import type { TranscriptRange } from '../../contract/backend.ts';
import { sessionGone } from '../../contract/check-guard.ts';
import { HoldfastError } from '../../model/errors.ts';
import { LIMITS } from '../../model/limits.ts';
import type { TranscriptRecord } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import { readArchive } from './archive-files.ts';
import { backwardLines } from './backward-lines.ts';
import type { FilesContext } from './files-context.ts';
import { forwardLines } from './forward-lines.ts';
import { ioError, isMissing } from './io-error.ts';
import { within } from './layout.ts';
import { readBytes } from './read-bytes.ts';
import { requireOwnFile } from './safe-path.ts';
import { vanishedLog } from './session-errors.ts';
import type { SessionFiles } from './session-files.ts';
import { decodeRecord, isDamage, storedRecord } from './transcript-line.ts';
import { transcriptPlace } from './transcript-path.ts';

const LINE_BYTES_MAX = LIMITS.recordBytesMax + 1_024;
/** What is looked through at once for the end of a line. */
const PROBE_BYTES = 4_096;

export async function* readTranscript(
  context: FilesContext,
  session: SessionFiles,
  range: TranscriptRange,
): AsyncGenerator<TranscriptRecord> {
  const opened = await openTranscript(context, session, range.sessionId);
  if (!opened) return;
  const { fd, path } = opened;
  const { fs } = context.system;
  try {
    const { size } = requireOwnFile(await fs.fstat(fd), path, session.key);
    const end = await endOf(context, fd, size, range.before);
    const from = await startOf(context, fd, end, range);
    for await (const line of forwardLines(fs, fd, from, end, LINE_BYTES_MAX)) {
      const decoded = 'tooLong' in line ? { damage: 'it is too long' } : decodeRecord(line.bytes);
      if (isDamage(decoded)) {
        report(context, session, path, line.at, line.end, decoded.damage, range.onDamage);
      } else if (decoded.type !== 'session' && line.at > (range.after ?? -1)) {
        yield storedRecord(decoded, line.at);
      }
    }
  } catch (cause) {
    throw ioError(cause, 'read the transcript', session.key);
  } finally {
    await fs.close(fd);
  }
}

/** How often a conversation may be put away while it is looked for. */
const LOOKUPS_MAX = 100;

/** The transcript's file; nothing for a conversation in which nothing was said yet. */
async function openTranscript(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string | undefined,
): Promise<{ fd: number; path: string } | undefined> {
  let missing: string | undefined;
  for (let look = 0; look < LOOKUPS_MAX; look++) {
    const path = await pathOf(context, session, sessionId);
    // Looked for again, it is still the one: it was not removed meanwhile, it is empty.
    if (path === missing) return undefined;
    try {
      return { fd: await context.system.fs.open(path, OPEN.read, 0), path };
    } catch (cause) {
      if (!isMissing(cause)) throw ioError(cause, 'read the transcript', session.key);
      missing = path;
    }
  }
  throw vanishedLog(session.key, session.directory, LOOKUPS_MAX);
}

async function pathOf(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string | undefined,
): Promise<string> {
  const state = await session.look();
  if (!state) throw sessionGone(session.key);
  if (sessionId === undefined || sessionId === state.sessionId) {
    return session.transcript.placeOf(state).path;
  }
  const archive = await readArchive(context, session, sessionId);
  return transcriptPlace(context.system.fs, session, sessionId, archive.entry).path;
}

/**
 * Where to end: `seq` is the place of a line, so what lies before one that begins at `before` is all
 * there is to read. In the middle of a line it is the end of that line, which began before.
 */
async function endOf(
  { system }: FilesContext,
  fd: number,
  size: number,
  before: number | undefined,
): Promise<number> {
  if (before === undefined || before >= size) return size;
  if (before <= 0) return 0;
  for (let at = before - 1; at < size; ) {
    const bytes = await readBytes(system.fs, fd, at, Math.min(PROBE_BYTES, size - at));
    const newline = bytes.indexOf(10);
    if (newline >= 0) return at + newline + 1;
    if (bytes.length === 0) return size;
    at += bytes.length;
  }
  return size;
}

/** Where to begin reading: at the first of the last so many records, or behind a known one. */
async function startOf(
  context: FilesContext,
  fd: number,
  end: number,
  { last, after }: TranscriptRange,
): Promise<number> {
  if (last === undefined) return Math.min(end, after === undefined ? 0 : Math.max(0, after));
  let wanted = last;
  let from = end;
  if (wanted <= 0) return end;
  for await (const { bytes, at } of backwardLines(context.system.fs, fd, end, LINE_BYTES_MAX)) {
    if (at <= (after ?? -1)) break;
    const record = decodeRecord(bytes);
    if (isDamage(record) || record.type === 'session') continue;
    from = at;
    wanted -= 1;
    if (wanted === 0) break;
  }
  return from;
}

function report(
  context: FilesContext,
  session: SessionFiles,
  path: string,
  from: number,
  to: number,
  why: string,
  onDamage: TranscriptRange['onDamage'],
): void {
  const message = `A line of the transcript of session ${JSON.stringify(session.key)} is damaged: ${within(context.root, path)}, bytes ${from} to ${to}: ${why}.`;
  if (onDamage === 'throw') {
    throw new HoldfastError('TRANSCRIPT_DAMAGED', message, { key: session.key });
  }
  context.warn({
    code: 'TRANSCRIPT_DAMAGED',
    key: session.key,
    message: `${message} It is skipped.`,
  });
}
