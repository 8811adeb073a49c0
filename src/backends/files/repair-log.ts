import { join } from 'node:path';
import { setField } from '../../model/plain-object.ts';
import type { Entry } from '../../model/state.ts';
import { newState } from './commit-entry.ts';
import { createLog } from './commit-line.ts';
import { asideName } from './cut-torn-tail.ts';
import type { FilesContext } from './files-context.ts';
import { freezeDeep } from './freeze-deep.ts';
import { ARCHIVE_NAME, LOG_NAME, logName } from './layout.ts';
import { type ChangeLine, decodeLine, encodeLine } from './log-line.ts';
import type { LogState } from './log-state.ts';
import { readBytes } from './read-bytes.ts';
import type { SessionFiles } from './session-files.ts';
import { syncDirectory } from './write-whole.ts';

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
  const state = await salvage(context, session);
  const aside = join(session.directory, asideName(context, logName(generation), 'damaged'));
  // Whoever still has the log open, with bytes that were good when it read them, is sent on.
  const announced = encodeLine({ fold: generation + 1 });
  await context.disk.append(log.fd, announced, Buffer.byteLength(announced));
  context.system.fs.renameSync(path, aside);
  log.close();
  log.forget();
  // The new log may not take the number of one that somebody still has open.
  await createLog(context, session, state, generation + 1);
  await context.system.fs.fsync(log.fd);
  await syncDirectory(context.system, session.directory);
  return aside;
}

async function salvage(context: FilesContext, session: SessionFiles): Promise<LogState> {
  const { log } = session;
  const { fs } = context.system;
  const { size } = fs.fstatSync(log.fd);
  const bytes = await readBytes(fs, log.fd, 0, size);
  let state = log.state ?? {
    ...newState(context, Object.freeze({})),
    ...conversation(context, session),
  };
  for (let at = log.size; ; ) {
    const end = bytes.indexOf(10, at);
    if (end < 0) break;
    const decoded = decodeLine(bytes.subarray(at, end));
    if ('line' in decoded) state = withLine(session, state, decoded.line as ChangeLine);
    at = end + 1;
  }
  // One up, so that nobody takes what was salvaged for a revision that was acknowledged.
  return { ...state, rev: state.rev + 1, removed: false };
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
    setField(entry, field, session.agent.blobs.read(hash));
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

/** Without a snapshot: the newest transcript that is not archived names the conversation. */
function conversation(context: FilesContext, session: SessionFiles): { sessionId?: string } {
  const { fs } = context.system;
  const names = fs.readdirSync(session.directory);
  const archived = new Set(names.map((name) => ARCHIVE_NAME.exec(name)?.[1]));
  let newest: { sessionId: string; mtimeMs: number } | undefined;
  for (const name of names) {
    const sessionId = /^(.+)\.jsonl$/.exec(name)?.[1];
    if (!sessionId || LOG_NAME.test(name) || archived.has(sessionId)) continue;
    const { mtimeMs } = fs.lstatSync(join(session.directory, name));
    if (!newest || mtimeMs > newest.mtimeMs) newest = { sessionId, mtimeMs };
  }
  return newest ? { sessionId: newest.sessionId } : {};
}
