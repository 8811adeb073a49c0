/**
 * The one function that appends to transcripts, for every writer: the turn, mirrors, notices,
 * sub-agents. It runs under the session's lock, so records never interleave and the parent of each
 * is chosen where nobody else can choose the same.
 */
import type { AppendAsk, Guard } from '../../contract/backend.ts';
import { checkGuard } from '../../contract/check-guard.ts';
import { HoldfastError } from '../../model/errors.ts';
import { sameRecord } from '../../model/record.ts';
import type { NewRecord, TranscriptRecord } from '../../model/state.ts';
import { keepCommits } from './acknowledge.ts';
import { newState } from './commit-entry.ts';
import { createLog } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import { ioError } from './io-error.ts';
import type { LogState } from './log-state.ts';
import { readBytes } from './read-bytes.ts';
import type { SessionFiles } from './session-files.ts';
import type { RecordPlace } from './transcript-end.ts';
import { decodeRecord, headerLine, newStored, storedRecord } from './transcript-line.ts';
import { orUndoCreation } from './undo-creation.ts';

/** Runs inside the session. */
export function appendRecord(
  context: FilesContext,
  session: SessionFiles,
  record: NewRecord,
  ask: AppendAsk,
  guard: Guard,
): TranscriptRecord | Promise<TranscriptRecord> {
  const state = session.state;
  checkGuard(session.key, state, session.runningFence(state), guard);
  if (state) return toState(context, session, state, record, ask);
  const created = createLog(context, session, newState(context, Object.freeze({})));
  return orUndoCreation(context, session, created, (first) =>
    toState(context, session, first, record, ask),
  );
}

function toState(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  record: NewRecord,
  ask: AppendAsk,
): TranscriptRecord | Promise<TranscriptRecord> {
  const { transcript } = session;
  const preparing = transcript.prepare(state);
  if (ask.id !== undefined && !(transcript.ids && !preparing)) {
    return appendOnce(context, session, state, record, ask.id, preparing);
  }
  if (preparing) return preparing.then(() => write(context, session, state, record, undefined));
  const seen = ask.id === undefined ? undefined : transcript.ids?.get(ask.id);
  if (seen) return firstRecord(context, session, record, ask.id as string, seen);
  return write(context, session, state, record, ask.id);
}

/** With an id of the caller's: the record that bears it already, or a new one. */
async function appendOnce(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  record: NewRecord,
  id: string,
  preparing: undefined | Promise<void>,
): Promise<TranscriptRecord> {
  await preparing;
  const ids = session.transcript.ids ?? (await session.transcript.learnIds());
  const seen = ids.get(id);
  return seen
    ? firstRecord(context, session, record, id, seen)
    : write(context, session, state, record, id);
}

async function firstRecord(
  context: FilesContext,
  session: SessionFiles,
  given: NewRecord,
  id: string,
  { at, bytes }: RecordPlace,
): Promise<TranscriptRecord> {
  const line = await readBytes(context.system.fs, session.transcript.fd, at, bytes);
  const stored = storedRecord(decodeRecord(line) as Record<string, unknown>, at);
  if (sameRecord(stored, given)) return stored;
  throw new HoldfastError(
    'INVALID_ENTRY',
    `Session ${JSON.stringify(session.key)} has a record ${JSON.stringify(id)} with other content. Nothing was appended; give the new record another id.`,
    { key: session.key },
  );
}

/**
 * A transcript in which anything is written tells that its session was on the disk: where a power loss
 * has left zeros in the place of the log, this is how an old session is told from one that never was.
 */
function write(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  record: NewRecord,
  givenId: string | undefined,
): TranscriptRecord | Promise<TranscriptRecord> {
  const put = () => writeNow(context, session, state, record, givenId);
  const first = context.power && session.transcript.size === 0;
  return first ? keepCommits(context, session).then(put) : put();
}

function writeNow(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  record: NewRecord,
  givenId: string | undefined,
): TranscriptRecord | Promise<TranscriptRecord> {
  const { transcript } = session;
  const { clock, random } = context.system;
  const now = clock.now();
  const id = givenId ?? random.id(now);
  const parentId = record.parentId === undefined ? (transcript.leaf ?? null) : record.parentId;
  const timestamp = typeof record.timestamp === 'string' ? record.timestamp : isoTime(now);
  const header = transcript.size === 0 ? headerLine(session.key, state.sessionId, now) : '';
  const stored = newStored(record, id, parentId, timestamp);
  const line = `${JSON.stringify(stored)}\n`;
  const text = header + line;
  const size = transcript.size;
  const lineBytes = Buffer.byteLength(line);
  const headerBytes = header === '' ? 0 : Buffer.byteLength(header);
  const seq = size + headerBytes;

  const takeBack = (cause: unknown): never => {
    context.system.fs.ftruncateSync(transcript.fd, size);
    throw ioError(cause, 'append', session.key);
  };
  const done = (): TranscriptRecord => {
    const leaf = record.appendMode === 'side' ? undefined : id;
    transcript.advance(headerBytes + lineBytes, leaf, id, { at: seq, bytes: lineBytes - 1 });
    // Where a leaf row leads is found by looking for its target.
    if (record.type === 'leaf') transcript.leaf = undefined;
    stored.seq = seq;
    return stored as unknown as TranscriptRecord;
  };
  const put = (): TranscriptRecord | Promise<TranscriptRecord> => {
    let pending: undefined | Promise<void>;
    try {
      pending = context.disk.append(transcript.fd, text, headerBytes + lineBytes);
    } catch (cause) {
      return takeBack(cause);
    }
    return pending ? pending.then(done, takeBack) : done();
  };
  const noted = session.note(state.rev, 'append');
  return noted ? noted.then(put) : put();
}

let isoMs = -1;
let isoText = '';

/** Many records are appended within one millisecond; its text is made once. */
function isoTime(now: number): string {
  if (now !== isoMs) {
    isoMs = now;
    isoText = new Date(now).toISOString();
  }
  return isoText;
}
