/** `revisions`: the commits that the newest log still holds, from its end backwards, without a lock. */
import { HoldfastError } from '../../model/errors.ts';
import { setField } from '../../model/plain-object.ts';
import type { Revision } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import { backwardLines, type PlacedLine } from './backward-lines.ts';
import type { FilesContext } from './files-context.ts';
import { freezeDeep, LineRefused } from './freeze-deep.ts';
import { ioError, isMissing } from './io-error.ts';
import { within } from './layout.ts';
import { oddChange, oddSnapshot } from './line-shape.ts';
import { type ChangeLine, decodeLine, type SnapshotLine } from './log-line.ts';
import { LINE_BYTES_MAX } from './log-replay.ts';
import type { LogState } from './log-state.ts';
import { requireOwnFile } from './safe-path.ts';
import { vanishedLog } from './session-errors.ts';
import type { SessionFiles } from './session-files.ts';
import { Slices } from './slices.ts';

/** How often a log may be folded, or its session removed, while it is read. */
const LOOKUPS_MAX = 100;

/** The whole lines of a log, and the state after them. */
interface Log {
  path: string;
  size: number;
  state: LogState;
}

/** A commit as its line tells it; whose conversation it was, an older line may have to tell. */
type Draft = Omit<Revision, 'sessionId'> & { sessionId: string | undefined };

/** The last so many commits, newest first; `ENTRY_DAMAGED` where `read` would say so. */
export async function readRevisions(
  context: FilesContext,
  session: SessionFiles,
  last: number,
): Promise<Revision[]> {
  for (let look = 0; look < LOOKUPS_MAX; look++) {
    const looked = session.look();
    const state = looked instanceof Promise ? await looked : looked;
    if (!state) return [];
    const { path, size } = session.log;
    const found = await readLog(context, session, { path, size, state }, last);
    if (found) return found;
  }
  throw vanishedLog(session.key, session.directory, LOOKUPS_MAX);
}

/** Nothing when the log is not any more the one that was looked at. */
async function readLog(
  context: FilesContext,
  session: SessionFiles,
  log: Log,
  last: number,
): Promise<Revision[] | undefined> {
  const { fs } = context.system;
  let fd: number;
  try {
    fd = await fs.open(log.path, OPEN.read, 0);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, 'read the revisions', session.key);
  }
  try {
    requireOwnFile(await fs.fstat(fd), log.path, session.key);
    return await walk(context, session, log, fd, last);
  } catch (cause) {
    throw ioError(cause, 'read the revisions', session.key);
  } finally {
    await fs.close(fd);
  }
}

async function walk(
  context: FilesContext,
  session: SessionFiles,
  { path, size, state }: Log,
  fd: number,
  last: number,
): Promise<Revision[] | undefined> {
  const slices = new Slices(context.system);
  const found: Draft[] = [];
  let expected = state.rev;
  // Below a reset it is not known until the line is reached that began the conversation.
  let sessionId: string | undefined = state.sessionId;
  for await (const line of backwardLines(context.system.fs, fd, size, LINE_BYTES_MAX)) {
    if (slices.due) await slices.rest();
    const damaged = (why: string) => damagedLine(context, session, path, line, why);
    const decoded = decodeLine(line.bytes);
    if ('reason' in decoded) throw damaged(decoded.reason);
    if (decoded.line.rev === undefined) continue;
    if (decoded.line.rev !== expected) {
      // A log that was looked at before a commit, or another session of the key.
      if (expected === state.rev) return undefined;
      throw damaged(`revision ${expected} does not follow it`);
    }
    expected -= 1;
    const { begun, draft } = draftOf(session, line, decoded.line, damaged);
    if (found.length < last) found.push({ ...draft, sessionId: begun ?? sessionId });
    if (begun !== undefined) {
      for (const each of found) each.sessionId ??= begun;
      sessionId = undefined;
    }
    const isComplete = found.length >= last && found.at(-1)?.sessionId !== undefined;
    if (isComplete || line.at === 0) return revisionsOf(found, state.updatedAt);
  }
  return undefined;
}

/** Times never go back, also where the clock of a writer did. */
function revisionsOf(found: readonly Draft[], updatedAt: number): Revision[] {
  let at = 0;
  const times = found.map((draft) => draft.at);
  for (let n = times.length - 1; n >= 0; n--) {
    at = Math.max(at, times[n] as number);
    times[n] = n === 0 ? updatedAt : at;
  }
  return found.map((draft, n) => Object.freeze({ ...draft, at: times[n] }) as Revision);
}

/** The commit of a line, and the conversation that began with it. */
function draftOf(
  session: SessionFiles,
  { at: place }: PlacedLine,
  decoded: Record<string, unknown>,
  damaged: (why: string) => HoldfastError,
): { begun: string | undefined; draft: Omit<Revision, 'sessionId'> } {
  const isFirst = place === 0;
  const odd = isFirst ? oddSnapshot(decoded) : oddChange(decoded as ChangeLine);
  if (odd !== undefined) throw damaged(odd);
  const line = decoded as ChangeLine & Partial<SnapshotLine>;
  const { rev = 0, sessionId: begun } = line;
  const at = (isFirst ? line.updatedAt : line.at) ?? 0;
  const whole = begun !== undefined;
  const set: Record<string, unknown> = { ...(whole ? line.entry : line.set) };
  for (const [field, hash] of Object.entries(line.blobs ?? {})) {
    setField(set, field, session.agent.blobs.read(hash));
  }
  try {
    const unset = Object.freeze(whole ? [] : [...(line.unset ?? [])]);
    return { begun, draft: { rev, at, set: freezeDeep(set), unset, whole } };
  } catch (cause) {
    if (cause instanceof LineRefused) throw damaged(cause.message);
    throw cause;
  }
}

function damagedLine(
  { root }: FilesContext,
  { key }: SessionFiles,
  path: string,
  { at, bytes }: PlacedLine,
  why: string,
): HoldfastError {
  return new HoldfastError(
    'ENTRY_DAMAGED',
    `The metadata of session ${JSON.stringify(key)} is damaged: ${within(root, path)}, bytes ${at} to ${at + bytes.length + 1}: ${why}. Run holdfast repair; the damaged bytes are kept.`,
    { key },
  );
}
