/**
 * What a decoded line has to look like before it is believed. A checksum tells rot from what was
 * written, not who wrote it: a session id becomes a path, and an entry of another shape would be
 * served as if it were one.
 */
import { isHoldfastError } from '../../model/errors.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import { checkSessionId } from '../../model/session-id.ts';
import type { ChangeLine } from './log-line.ts';

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

/** No field of a change is required by itself, so that only those that are there are looked at. */
const CHANGE: ReadonlyMap<string, Check> = new Map([
  ['rev', isRevision],
  ['at', isTime],
  ['beganAt', isTime],
  ['set', isPlainObject],
  ['unset', isNames],
  ['sessionId', isSessionId],
  ['entry', isPlainObject],
  ['blobs', isBlobs],
  ['turn', isTurn],
  ['former', isTurn],
  ['ended', isCount],
  ['interrupt', isPlainObject],
]);

/** Why a line can be no snapshot; nothing when it can. */
export function oddSnapshot(line: Record<string, unknown>): string | undefined {
  for (const field in SNAPSHOT) {
    if (!(SNAPSHOT[field] as Check)(line[field]))
      return odd('the first line is no snapshot', field);
  }
  return undefined;
}

/** Why a line can be no change; nothing when it can. */
export function oddChange(line: Readonly<ChangeLine>): string | undefined {
  const active = line.sessionId !== undefined && line.entry === undefined;
  if (active) return 'a line of another conversation has no entry';
  for (const field in line) {
    const check = CHANGE.get(field);
    if (check && !check(line[field as keyof ChangeLine])) return odd('a line is no change', field);
  }
  return undefined;
}

function odd(what: string, field: string): string {
  return `${what}: its ${field} is of another kind`;
}
