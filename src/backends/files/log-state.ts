import { HoldfastError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { setField } from '../../model/plain-object.ts';
import type { Entry, FormerTurn } from '../../model/state.ts';
import { freezeDeep, LineRefused } from './freeze-deep.ts';
import { FORMAT } from './layout.ts';
import { oddChange, oddSnapshot } from './line-shape.ts';
import type { ChangeLine, LoggedTurn, SnapshotLine } from './log-line.ts';

/** What a metadata log says after some of its lines. Never changed, only replaced. */
export interface LogState {
  readonly rev: number;
  readonly sessionId: string;
  readonly createdAt: number;
  readonly beganAt: number;
  readonly updatedAt: number;
  readonly entry: Readonly<Entry>;
  readonly blobs: Readonly<Record<string, string>>;
  readonly fence: number;
  readonly turn?: LoggedTurn;
  readonly former?: FormerTurn;
  /** The session was removed; whatever comes next under the key is another one. */
  readonly removed: boolean;
}

export const NO_BLOBS: Readonly<Record<string, string>> = Object.freeze({});

/** Values that lie in blobs, by hash. Throws when one can not be read. */
export type BlobSource = (hash: string) => Json;

function withBlobs(
  fields: JsonObject,
  blobs: Readonly<Record<string, string>>,
  source: BlobSource,
): Record<string, unknown> {
  const entry: Record<string, unknown> = { ...fields };
  for (const field of Object.keys(blobs)) setField(entry, field, source(blobs[field] as string));
  return entry;
}

/** The state that the first line of a log holds. */
export function fromSnapshot(line: SnapshotLine, blobs: BlobSource): LogState {
  const { rev, sessionId, createdAt, beganAt, updatedAt, fence } = line;
  if (line.v > FORMAT) {
    throw new HoldfastError(
      'FORMAT_TOO_NEW',
      `Session ${JSON.stringify(line.key)} was written in format ${line.v}; this version reads ${FORMAT}. Install a newer version; nothing was changed.`,
      { key: line.key },
    );
  }
  const odd = oddSnapshot(line as unknown as Record<string, unknown>);
  if (odd !== undefined) throw new LineRefused(odd);
  return {
    rev,
    sessionId,
    createdAt,
    beganAt,
    updatedAt,
    entry: freezeDeep(withBlobs(line.entry, line.blobs ?? NO_BLOBS, blobs)),
    blobs: line.blobs ?? NO_BLOBS,
    fence,
    ...(line.turn && { turn: freezeDeep(line.turn) }),
    ...(line.former && { former: freezeDeep(line.former) }),
    removed: false,
  };
}

/** The state after one more line. */
export function afterLine(state: LogState, line: ChangeLine, blobs: BlobSource): LogState {
  if (state.removed) throw new LineRefused('a line follows the end of the session');
  const odd = oddChange(line);
  if (odd !== undefined) throw new LineRefused(odd);
  if (line.rev !== undefined) return afterCommit(state, line, blobs);
  if (line.turn) {
    const { former: _former, ...rest } = state;
    return {
      ...rest,
      fence: line.turn.fence,
      turn: freezeDeep(line.turn),
      ...(line.former && { former: freezeDeep(line.former) }),
    };
  }
  if (line.ended !== undefined) return afterTurn(state, line.overtaken === true);
  if (line.interrupt) {
    if (!state.turn || state.turn.fence !== line.interrupt.fence) return state;
    const { at, reason } = line.interrupt;
    return { ...state, turn: freezeDeep({ ...state.turn, interrupted: { at, reason } }) };
  }
  if (line.removed) return { ...state, removed: true };
  if (line.fold !== undefined) return state;
  throw new LineRefused('a line of an unknown kind');
}

function afterTurn(state: LogState, overtaken: boolean): LogState {
  const { turn, former, ...rest } = state;
  if (!turn || !overtaken) return rest;
  return { ...rest, former: freezeDeep({ ...formerOf(turn), ended: 'overtaken' as const }) };
}

/** A turn as its successor is told of it. */
export function formerOf(turn: LoggedTurn): Omit<FormerTurn, 'ended'> {
  const { fence, holder, label, startedAt } = turn;
  return { fence, holder, startedAt, ...(label !== undefined && { label }) };
}

function afterCommit(state: LogState, line: ChangeLine, source: BlobSource): LogState {
  if (line.rev !== state.rev + 1) {
    throw new LineRefused(`revision ${line.rev} follows revision ${state.rev}`);
  }
  const updatedAt = Math.max(state.updatedAt, line.at ?? 0);
  if (line.sessionId !== undefined) {
    const { turn: _turn, former: _former, ...rest } = state;
    const blobs = line.blobs ?? NO_BLOBS;
    const entry = freezeDeep(withBlobs(line.entry ?? {}, blobs, source));
    return {
      ...rest,
      rev: line.rev,
      sessionId: line.sessionId,
      beganAt: line.beganAt ?? line.at ?? 0,
      updatedAt,
      entry,
      blobs,
    };
  }
  const entry: Record<string, unknown> = { ...state.entry };
  for (const field of line.unset ?? []) delete entry[field];
  if (line.set) for (const field of Object.keys(line.set)) setField(entry, field, line.set[field]);
  const blobs = blobsAfter(state.blobs, line);
  if (line.blobs)
    for (const field of Object.keys(line.blobs))
      setField(entry, field, source(line.blobs[field] as string));
  return { ...state, rev: line.rev, updatedAt, entry: freezeDeep(entry), blobs };
}

/** References that stay after a change: a field that is set inline or removed has none. */
export function blobsAfter(
  blobs: Readonly<Record<string, string>>,
  line: {
    readonly set?: JsonObject | undefined;
    readonly unset?: readonly string[] | undefined;
    readonly blobs?: Readonly<Record<string, string>> | undefined;
  },
): Readonly<Record<string, string>> {
  if (blobs === NO_BLOBS && !line.blobs) return blobs;
  if (!line.blobs && !line.unset && !namesAny(blobs, line.set)) return blobs;
  const after: Record<string, string> = { ...blobs };
  for (const field of line.unset ?? []) delete after[field];
  for (const field of Object.keys(line.set ?? {})) delete after[field];
  return { ...after, ...line.blobs };
}

/** Most commits leave the large values alone. */
function namesAny(blobs: Readonly<Record<string, string>>, set: JsonObject | undefined): boolean {
  for (const field in set) if (Object.hasOwn(blobs, field)) return true;
  return false;
}

/** The snapshot of a state, as a fold writes it. */
export function snapshotOf(key: string, state: LogState): SnapshotLine {
  const entry: Record<string, unknown> = { ...state.entry };
  for (const field of Object.keys(state.blobs)) delete entry[field];
  return {
    v: FORMAT,
    key,
    rev: state.rev,
    sessionId: state.sessionId,
    createdAt: state.createdAt,
    beganAt: state.beganAt,
    updatedAt: state.updatedAt,
    entry: entry as JsonObject,
    ...(Object.keys(state.blobs).length > 0 && { blobs: { ...state.blobs } }),
    fence: state.fence,
    ...(state.turn && { turn: state.turn }),
    ...(state.former && { former: state.former }),
  };
}
