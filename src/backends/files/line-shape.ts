/**
 * What a decoded line has to look like before it is believed. A checksum tells rot from what was
 * written, not who wrote it: a session id becomes a path, and an entry of another shape would be
 * served as if it were one.
 */
import { isHoldfastError } from '../../model/errors.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import { checkSessionId } from '../../model/session-id.ts';

type Check = (value: unknown) => boolean;

const HASH = /^[0-9a-f]{64}$/;

const isTime: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isRevision: Check = (value) => isCount(value) && (value as number) >= 1;
const isNames: Check = (value) =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');
const isBlobs: Check = (value) =>
  isPlainObject(value) && Object.values(value).every((hash) => HASH.test(String(hash)));
const isTurn: Check = (value) =>
  isPlainObject(value) && isCount(value.fence) && isPlainObject(value.holder);

function isSessionId(value: unknown): boolean {
  try {
    checkSessionId(value);
    return true;
  } catch (cause) {
    if (isHoldfastError(cause)) return false;
    throw cause;
  }
}

const orNothing =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

const SNAPSHOT: Readonly<Record<string, Check>> = {
  rev: isRevision,
  sessionId: isSessionId,
  createdAt: isTime,
  beganAt: isTime,
  updatedAt: isTime,
  entry: isPlainObject,
  blobs: orNothing(isBlobs),
  fence: isCount,
  turn: orNothing(isTurn),
  former: orNothing(isTurn),
};

const CHANGE: Readonly<Record<string, Check>> = {
  rev: orNothing(isRevision),
  at: orNothing(isTime),
  beganAt: orNothing(isTime),
  set: orNothing(isPlainObject),
  unset: orNothing(isNames),
  sessionId: orNothing(isSessionId),
  entry: orNothing(isPlainObject),
  blobs: orNothing(isBlobs),
  turn: orNothing(isTurn),
  former: orNothing(isTurn),
  ended: orNothing(isCount),
  interrupt: orNothing(isPlainObject),
};

/** Why a line can be no snapshot; nothing when it can. */
export function oddSnapshot(line: Record<string, unknown>): string | undefined {
  return odd(line, SNAPSHOT, 'the first line is no snapshot');
}

/** Why a line can be no change; nothing when it can. */
export function oddChange(line: Record<string, unknown>): string | undefined {
  const active = line.sessionId !== undefined && line.entry === undefined;
  if (active) return 'a line of another conversation has no entry';
  return odd(line, CHANGE, 'a line is no change');
}

function odd(
  line: Record<string, unknown>,
  checks: Readonly<Record<string, Check>>,
  what: string,
): string | undefined {
  for (const field in checks) {
    if (!(checks[field] as Check)(line[field])) return `${what}: its ${field} is of another kind`;
  }
  return undefined;
}
