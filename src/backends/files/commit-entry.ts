/** `update`: a patch, or a function of the latest entry, as one commit. */
import type { CheckedPatch, EntryChange, Guard } from '../../contract/backend.ts';
import { checkGuard } from '../../contract/check-guard.ts';
import type { JsonObject } from '../../model/json.ts';
import { jsonBytes } from '../../model/json-bytes.ts';
import { LIMITS } from '../../model/limits.ts';
import { type Applied, applyPatch, checkEntryBytes } from '../../model/patch.ts';
import type { Entry } from '../../model/state.ts';
import { commitLine, createLog } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import { callersOwn } from './io-error.ts';
import { blobsAfter, type LogState, NO_BLOBS } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';

const EMPTY: Readonly<Entry> = Object.freeze({});

/** The state before the first commit of a session. */
export function newState(context: FilesContext, entry: Readonly<Entry>): LogState {
  const now = context.system.clock.now();
  return {
    rev: 1,
    sessionId: context.system.random.id(now),
    createdAt: now,
    beganAt: now,
    updatedAt: now,
    entry,
    blobs: NO_BLOBS,
    fence: 0,
    removed: false,
  };
}

/** Runs inside the session; resolves to the state after it, which is the same when nothing changes. */
export function commitEntry(
  context: FilesContext,
  session: SessionFiles,
  change: EntryChange,
  guard: Guard,
): LogState | Promise<LogState> {
  const { key } = session;
  const state = session.state;
  checkGuard(key, state, session.runningFence(state), guard);
  const before = state?.entry ?? EMPTY;
  const patch = typeof change === 'function' ? ask(change, before, state?.sessionId) : change;
  const applied = applyPatch(before, patch);
  if (!applied && state) return state;
  const changed = applied ?? { entry: EMPTY, set: undefined, unset: undefined };
  const placed = placeBlobs(session, changed);
  return placed instanceof Promise
    ? placed.then((done) => write(context, session, state, done))
    : write(context, session, state, placed);
}

function ask(
  change: Exclude<EntryChange, CheckedPatch>,
  entry: Readonly<Entry>,
  sessionId: string | undefined,
): CheckedPatch {
  try {
    return change(entry, sessionId);
  } catch (cause) {
    throw callersOwn(cause);
  }
}

/** What a commit sets, after its large static values were exchanged for references. */
export interface Placed extends Applied {
  blobs?: Record<string, string>;
}

/** Exchanges large static values for references to blobs. */
export function placeBlobs(session: SessionFiles, applied: Applied): Placed | Promise<Placed> {
  const { set } = applied;
  if (!set) return applied;
  for (const field of Object.keys(set)) {
    const value = set[field];
    if (typeof value !== 'object' || value === null || field === '__proto__') continue;
    if (jsonBytes(value) < LIMITS.blobBytesMin) continue;
    const place = session.agent.blobs.place(session.key, value);
    if (place === 'inline') continue;
    if (place instanceof Promise) return place.then(() => placeBlobs(session, applied));
    return placeBlobs(session, exchange(session, applied, field, place.hash)) as Placed;
  }
  return applied;
}

function exchange(session: SessionFiles, applied: Placed, field: string, hash: string): Placed {
  const { [field]: _inline, ...set } = applied.set as JsonObject;
  return {
    entry: Object.freeze({ ...applied.entry, [field]: session.agent.blobs.read(hash) }),
    set,
    unset: applied.unset,
    blobs: { ...applied.blobs, [field]: hash },
  };
}

function write(
  context: FilesContext,
  session: SessionFiles,
  state: LogState | undefined,
  placed: Placed,
): LogState | Promise<LogState> {
  const { entry, set, unset, blobs } = placed;
  if (!state) {
    checkEntryBytes(entry, session.key);
    const first = newState(context, entry);
    return createLog(context, session, blobs ? { ...first, blobs } : first);
  }
  const repair =
    state.entry.sessionFile === undefined ? undefined : session.transcript.repairOf(state);
  if (repair) return write(context, session, { ...state, entry: {} }, mended(placed, repair));
  const at = Math.max(state.updatedAt, context.system.clock.now());
  const rev = state.rev + 1;
  const setText = set && JSON.stringify(set);
  session.size.check(entry, blobs ? Number.POSITIVE_INFINITY : (setText?.length ?? 0), session.key);
  let open = `{"rev":${rev},"at":${at}`;
  if (setText) open += `,"set":${setText}`;
  if (unset) open += `,"unset":${JSON.stringify(unset)}`;
  if (blobs) open += `,"blobs":${JSON.stringify(blobs)}`;
  const references =
    state.blobs === NO_BLOBS && !blobs ? NO_BLOBS : blobsAfter(state.blobs, placed);
  return commitLine(
    context,
    session,
    afterUpdate(state, rev, at, entry, references),
    open,
    'update',
  );
}

/** Written out: a spread with changed fields costs as much as a system call here. */
function afterUpdate(
  { sessionId, createdAt, beganAt, fence, turn, former }: LogState,
  rev: number,
  updatedAt: number,
  entry: Readonly<Entry>,
  blobs: LogState['blobs'],
): LogState {
  const removed = false;
  if (turn === undefined && former === undefined) {
    return { rev, sessionId, createdAt, beganAt, updatedAt, entry, blobs, fence, removed };
  }
  const next = { rev, sessionId, createdAt, beganAt, updatedAt, entry, blobs, fence, removed };
  return { ...next, ...(turn && { turn }), ...(former && { former }) };
}

/** A change that also mends the stored path of the transcript. */
function mended(
  { entry, set, unset, blobs }: Placed,
  repair: { set?: { sessionFile: string }; unset?: string[] },
): Placed {
  const { sessionFile: _former, ...rest } = entry;
  return {
    entry: Object.freeze({ ...rest, ...repair.set }),
    set: repair.set ? { ...set, ...repair.set } : set,
    unset: repair.unset ? [...(unset ?? []), ...repair.unset] : unset,
    ...(blobs && { blobs }),
  };
}
