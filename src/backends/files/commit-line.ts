/**
 * How a line comes into a metadata log. The caller holds the session's lock and has brought the
 * state up to date.
 *
 *     1. an unfinished last line of a writer that died is copied aside and cut off, and that is synced
 *     2. the journal is told what is about to happen
 *     3. one append of one whole line: the commit
 *
 * A crash before 3 leaves a journal line that names a revision which never came: whoever reads it
 * finds the session unlocked and the log without it. A crash within 3 leaves an unfinished line. An
 * error in 3 cuts the log back to where it was. Without 1, all of it runs in one synchronous stretch
 * while the disk is quick.
 */
import { join } from 'node:path';
import type { Change } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import { cutTornTail } from './cut-torn-tail.ts';
import type { FilesContext } from './files-context.ts';
import { ioError } from './io-error.ts';
import { logName } from './layout.ts';
import { encodeLine, sealLine } from './log-line.ts';
import { type LogState, snapshotOf } from './log-state.ts';
import { notTakenBack } from './session-errors.ts';
import type { SessionFiles } from './session-files.ts';

/** Commits a change; `open` is the line's JSON without its last brace and checksum. */
export function commitLine(
  context: FilesContext,
  session: SessionFiles,
  next: LogState,
  open: string,
  kind: Change['kind'],
): LogState | Promise<LogState> {
  const { log } = session;
  const text = sealLine(open);
  const write = () => {
    const noted = session.note(next.rev, kind);
    return noted
      ? noted.then(() => appendToLog(context, session, next, text))
      : appendToLog(context, session, next, text);
  };
  if (log.fileSize === log.size) return write();
  return cutTornTail(context, session, log.path, log.fd, log.size, log.fileSize).then(write);
}

function appendToLog(
  context: FilesContext,
  session: SessionFiles,
  next: LogState,
  text: string,
): LogState | Promise<LogState> {
  const { log } = session;
  const { size } = log;
  const bytes = Buffer.byteLength(text);
  const takeBack = (cause: unknown): never => {
    cutBack(context, session, size);
    throw ioError(cause, 'commit', session.key);
  };
  let pending: undefined | Promise<void>;
  try {
    pending = context.disk.append(log.fd, text, bytes);
  } catch (cause) {
    return takeBack(cause);
  }
  const done = (): LogState => {
    // A read of this process may have replayed the line while it was written aside.
    if (log.size === size) log.advance(next, bytes, text.slice(-17));
    return log.state as LogState;
  };
  return pending ? pending.then(done, takeBack) : done();
}

/** Leaves the log as it was; when even that fails, an unfinished line stays, which nobody counts. */
function cutBack(context: FilesContext, session: SessionFiles, size: number): void {
  try {
    context.system.fs.ftruncateSync(session.log.fd, size);
    session.log.fileSize = size;
  } catch (cause) {
    session.log.fileSize = -1;
    context.warn({
      code: 'IO_FAILED',
      key: session.key,
      message: `An unfinished line could not be cut off: ${(cause as Error).message}. The next writer does it.`,
    });
  }
}

/**
 * Begins a session: the first line of a new generation, or of one whose creator died. `generation`
 * is the number that it gets; left out, the next one.
 */
export function createLog(
  context: FilesContext,
  session: SessionFiles,
  first: LogState,
  generation?: number,
): LogState | Promise<LogState> {
  const { log } = session;
  const text = encodeLine(snapshotOf(session.key, first));
  if (log.fd >= 0 && log.state === undefined) {
    return commitLine(context, session, first, text.slice(0, -17), 'update');
  }
  const noted = session.note(first.rev, 'update');
  return noted
    ? noted.then(() => createGeneration(context, session, first, text, generation))
    : createGeneration(context, session, first, text, generation);
}

function createGeneration(
  context: FilesContext,
  session: SessionFiles,
  first: LogState,
  text: string,
  wanted: number | undefined,
): LogState | Promise<LogState> {
  const { fs } = context.system;
  const { log } = session;
  const generation = wanted ?? (log.generations().at(-1) ?? 0) + 1;
  const path = join(session.directory, logName(generation));
  const bytes = Buffer.byteLength(text);
  const undo = (cause: unknown): never => {
    fs.closeSync(fd);
    try {
      fs.unlinkSync(path);
    } catch (taking) {
      throw notTakenBack(session.key, cause, taking);
    }
    throw ioError(cause, 'create', session.key);
  };
  let fd: number;
  let pending: undefined | Promise<void>;
  try {
    fd = fs.openSync(path, OPEN.createNew, 0o600);
  } catch (cause) {
    throw ioError(cause, 'create', session.key);
  }
  try {
    pending = context.disk.append(fd, text, bytes);
  } catch (cause) {
    return undo(cause);
  }
  const done = (): LogState => {
    try {
      log.adopt(fd, generation, { snapshot: bytes, all: bytes }, first, text.slice(-17));
    } catch (cause) {
      return undo(cause);
    }
    session.count();
    return first;
  };
  return pending ? pending.then(done, undo) : done();
}
