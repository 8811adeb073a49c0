import { join } from 'node:path';
import { isHoldfastError } from '../../model/errors.ts';
import type { Json } from '../../model/json.ts';
import { setField } from '../../model/plain-object.ts';
import type { Entry } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytes } from '../../system/write-bytes.ts';
import { newState } from './commit-entry.ts';
import { asideName } from './cut-torn-tail.ts';
import type { FilesContext } from './files-context.ts';
import { freezeDeep, LineRefused } from './freeze-deep.ts';
import { ARCHIVE_NAME, LOG_NAME, logName, SIDE_FILE } from './layout.ts';
import { oddChange } from './line-shape.ts';
import { type ChangeLine, decodeLine, encodeLine } from './log-line.ts';
import { type LogState, snapshotOf } from './log-state.ts';
import { readBytes } from './read-bytes.ts';
import type { SessionFiles } from './session-files.ts';
import { discard, writeWhole } from './write-whole.ts';

/**
 * Writes a damaged log anew: the last good state, and every later line that decodes. The damaged
 * log is kept aside as it was; its path.
 */
export function repairLog(
  context: FilesContext,
  session: SessionFiles,
): Promise<string | undefined> {
  return session.exclusive(() => repairInside(context, session), { create: false });
}

async function repairInside(
  context: FilesContext,
  session: SessionFiles,
): Promise<string | undefined> {
  const { log } = session;
  if (!log.damage) return undefined;
  const { path, generation } = log;
  const { system } = context;
  const bytes = await readBytes(system.fs, log.fd, 0, system.fs.fstatSync(log.fd).size);
  const state = salvage(context, session, bytes);
  // A copy, and the damaged log goes last: a crash leaves one of the two that counts.
  const aside = join(session.directory, asideName(context, logName(generation), 'damaged'));
  await keepAside(system, aside, bytes);
  try {
    // Whoever still has the log open, with bytes that were good when it read them, is sent on.
    const announced = encodeLine({ fold: generation + 1 });
    await context.disk.append(log.fd, announced, Buffer.byteLength(announced));
    await session.note(state.rev, 'update');
    // Under the next number, since somebody may still have this one open; and whole at once, since
    // a part of it would hide what it is made from.
    const next = join(session.directory, logName(generation + 1));
    await writeWhole(system, next, encodeLine(snapshotOf(session.key, state)), true);
  } catch (cause) {
    // What it is a copy of is still the log that counts.
    if (log.generations().at(-1) === generation) await discard(system, aside);
    throw cause;
  }
  log.close();
  log.forget();
  session.count();
  await discard(system, path);
  return aside;
}

async function keepAside(system: System, path: string, bytes: Buffer): Promise<void> {
  const fd = await system.fs.open(path, OPEN.createNew, 0o600);
  try {
    await writeBytes(system.fs, fd, bytes);
    await system.fs.fsync(fd);
  } catch (cause) {
    await discard(system, path);
    throw cause;
  } finally {
    await system.fs.close(fd);
  }
}

function salvage(context: FilesContext, session: SessionFiles, bytes: Buffer): LogState {
  const { log } = session;
  let state = log.state ?? {
    ...newState(context, Object.freeze({})),
    ...conversation(context, session),
  };
  for (let at = log.size; ; ) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const decoded = decodeLine(bytes.subarray(at, end));
    if ('line' in decoded && oddChange(decoded.line) === undefined) {
      state = orBefore(state, () => withLine(session, state, decoded.line as ChangeLine));
    }
    at = end + 1;
  }
  // One up, so that nobody takes what was salvaged for a revision that was acknowledged.
  return { ...state, rev: state.rev + 1, removed: false };
}

/** What a line holds that could not be written back is left out. */
function orBefore(before: LogState, next: () => LogState): LogState {
  try {
    return next();
  } catch (cause) {
    if (cause instanceof LineRefused) return before;
    throw cause;
  }
}

/** What a later line says by itself, whatever stood before it. */
function withLine(session: SessionFiles, state: LogState, line: ChangeLine): LogState {
  if (typeof line.rev !== 'number' || line.rev <= state.rev) return state;
  const entry: Entry = line.entry ? { ...line.entry } : { ...state.entry };
  for (const field of line.unset ?? []) delete entry[field];
  for (const field of Object.keys(line.set ?? {})) setField(entry, field, line.set?.[field]);
  const blobs: Record<string, string> = line.entry ? {} : { ...state.blobs };
  for (const field of [...(line.unset ?? []), ...Object.keys(line.set ?? {})]) delete blobs[field];
  for (const [field, hash] of Object.entries(line.blobs ?? {})) {
    const value = storedValue(session, hash);
    delete entry[field];
    delete blobs[field];
    if (value === undefined) continue;
    setField(entry, field, value);
    blobs[field] = hash;
  }
  return {
    ...state,
    rev: line.rev,
    sessionId: line.sessionId ?? state.sessionId,
    updatedAt: Math.max(state.updatedAt, line.at ?? 0),
    entry: freezeDeep(entry),
    blobs,
  };
}

/** A stored value; nothing when it is lost: all else is kept without it. */
function storedValue(session: SessionFiles, hash: string): Json | undefined {
  try {
    return session.agent.blobs.read(hash);
  } catch (cause) {
    if (isHoldfastError(cause) && cause.code === 'ENTRY_DAMAGED') return undefined;
    throw cause;
  }
}

/** Without a snapshot: the newest transcript that is not archived names the conversation. */
function conversation(context: FilesContext, session: SessionFiles): { sessionId?: string } {
  const { fs } = context.system;
  const names = fs.readdirSync(session.directory);
  const archived = new Set(names.map((name) => ARCHIVE_NAME.exec(name)?.[1]));
  let newest: { sessionId: string; mtimeMs: number } | undefined;
  for (const name of names) {
    const sessionId = /^(.+)\.jsonl$/.exec(name)?.[1];
    if (!sessionId || LOG_NAME.test(name) || archived.has(sessionId)) continue;
    if (SIDE_FILE.test(sessionId)) continue;
    const { mtimeMs } = fs.lstatSync(join(session.directory, name));
    if (!newest || mtimeMs > newest.mtimeMs) newest = { sessionId, mtimeMs };
  }
  return newest ? { sessionId: newest.sessionId } : {};
}
