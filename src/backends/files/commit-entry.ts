/** `update`: a patch, or a function of the latest entry, as one commit. */
import type { EntryChange, Guard } from '../../contract/backend.ts';
import { checkGuard } from '../../contract/check-guard.ts';
import type { JsonObject } from '../../model/json.ts';
import { jsonBytes } from '../../model/json-bytes.ts';
import { LIMITS } from '../../model/limits.ts';
import { type Applied, applyPatch } from '../../model/patch.ts';
import type { Entry } from '../../model/state.ts';
import { commitLine, createLog } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import { blobsAfter, type LogState } from './log-state.ts';
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
    blobs: {},
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
  const patch = typeof change === 'function' ? change(before, state?.sessionId) : change;
  const applied = applyPatch(before, patch);
  if (!applied && state) return state;
  const changed = applied ?? { entry: EMPTY, set: undefined, unset: undefined };
  session.checkSize(changed);
  const placed = placeBlobs(session, changed);
  return placed instanceof Promise
    ? placed.then((done) => write(context, session, state, done))
    : write(context, session, state, placed);
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
  { entry, set, unset, blobs }: Placed,
): LogState | Promise<LogState> {
  if (!state) {
    const first = newState(context, entry);
    return createLog(context, session, blobs ? { ...first, blobs } : first);
  }
  const repair = session.transcript.repairOf(state);
  const at = Math.max(state.updatedAt, context.system.clock.now());
  let open = `{"rev":${state.rev + 1},"at":${at}`;
  const setToo = repair?.set ? { ...set, ...repair.set } : set;
  const unsetToo = repair?.unset ? [...(unset ?? []), ...repair.unset] : unset;
  if (setToo) open += `,"set":${JSON.stringify(setToo)}`;
  if (unsetToo) open += `,"unset":${JSON.stringify(unsetToo)}`;
  if (blobs) open += `,"blobs":${JSON.stringify(blobs)}`;
  const references = blobsAfter(state.blobs, {
    ...(setToo && { set: setToo }),
    ...(unsetToo && { unset: [...unsetToo] }),
    ...(blobs && { blobs }),
  });
  const next: LogState = {
    ...state,
    rev: state.rev + 1,
    updatedAt: at,
    entry: repair ? repaired(entry, repair) : entry,
    blobs: references,
  };
  return commitLine(context, session, next, open, 'update');
}

function repaired(
  entry: Readonly<Entry>,
  repair: { set?: { sessionFile: string }; unset?: string[] },
): Readonly<Entry> {
  const { sessionFile: _former, ...rest } = entry;
  return Object.freeze({ ...rest, ...repair.set });
}
