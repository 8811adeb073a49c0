/** From an entry of `sessions.json` to what a back end takes over. */
import type { Past } from '../contract/backend.ts';
import { copyFields } from '../model/copy-json.ts';
import { isHoldfastError } from '../model/errors.ts';
import { LIMITS } from '../model/limits.ts';
import { isPlainObject } from '../model/plain-object.ts';
import { checkSessionId } from '../model/session-id.ts';
import { agentOf, checkSessionKey } from '../model/session-key.ts';
import { shown } from '../model/text.ts';
import { valueKind } from './value-kind.ts';

/** An entry that can become a session. */
export interface Candidate {
  key: string;
  sessionId: string;
  createdAt: number;
  updatedAt: number;
  /** `sessionFile` as it stands in the entry. */
  stored: unknown;
  /** Ids of conversations that were this session's before, as far as the entry tells. */
  family: readonly string[];
  /** All other fields, in their order. */
  fields: [field: string, value: unknown][];
  /** Set when a time had to be guessed. */
  notice: string | undefined;
}

export interface Where {
  agentId: string;
  /** Milliseconds since the epoch: for times that are missing or beyond belief. */
  fileTime: number;
  now: number;
}

/** Clocks go wrong by hours or by a time zone; a year ahead is no time but a mistake. */
const AHEAD_MS_MAX = 366 * 86_400_000;

/** Reads one entry, of whatever shape. */
export function readEntry(
  key: string,
  value: unknown,
  where: Where,
): Candidate | { reason: string } {
  try {
    checkSessionKey(key);
    if (agentOf(key) !== where.agentId) {
      return { reason: `the key names agent ${shown(agentOf(key))}, not ${shown(where.agentId)}` };
    }
    if (!isPlainObject(value)) {
      return { reason: `the entry is ${valueKind(value)}, not an object` };
    }
    const { sessionId, sessionFile: stored } = value;
    if (sessionId === undefined) return { reason: 'the entry has no session id' };
    checkSessionId(sessionId);
    const fields = Object.entries(value).filter(
      ([field]) => field !== 'sessionId' && field !== 'updatedAt' && field !== 'sessionFile',
    );
    const family = familyOf(value);
    return { key, sessionId, stored, family, fields, ...times(value, where) };
  } catch (error) {
    if (isHoldfastError(error)) return { reason: error.message };
    throw error;
  }
}

/** What the back end is given: the entry checked, `file` in the place of the old path. */
export function pastOf(
  candidate: Candidate,
  file: string | undefined,
  skillsSnapshot: unknown,
): Past | { reason: string } {
  const { key, sessionId, createdAt, updatedAt } = candidate;
  const fields = candidate.fields.map(([field, value]) =>
    field === 'skillsSnapshot' ? [field, skillsSnapshot] : [field, value],
  );
  if (file !== undefined) fields.push(['sessionFile', file]);
  try {
    const entry = copyFields(Object.fromEntries(fields), 'entry', {
      key,
      bytesMax: LIMITS.entryBytesMax,
    });
    return { sessionId, createdAt, updatedAt, entry };
  } catch (error) {
    if (isHoldfastError(error)) return { reason: error.message };
    throw error;
  }
}

/** What OpenClaw counts as one conversation: the ids that resets gave it, one after another. */
export function familyOf({ usageFamilySessionIds: ids }: Record<string, unknown>): string[] {
  return Array.isArray(ids) ? ids.filter((id): id is string => typeof id === 'string') : [];
}

function times(value: Record<string, unknown>, where: Where) {
  const started = credible(value.sessionStartedAt, where);
  const written = credible(value.updatedAt, where);
  const updatedAt = written ?? started ?? Math.min(Math.floor(where.fileTime), where.now);
  return {
    updatedAt,
    createdAt: Math.min(started ?? updatedAt, updatedAt),
    notice:
      written === undefined
        ? `its updatedAt ${tell(value.updatedAt)} is no credible time; ${new Date(updatedAt).toISOString()} is taken`
        : undefined,
  };
}

/** A whole number of milliseconds that lies after 1970 and not far ahead. */
function credible(time: unknown, where: Where): number | undefined {
  if (typeof time !== 'number' || !Number.isFinite(time)) return undefined;
  return time > 0 && time <= where.now + AHEAD_MS_MAX ? Math.floor(time) : undefined;
}

function tell(value: unknown): string {
  if (value === undefined) return '(missing)';
  return typeof value === 'number' ? String(value) : shown(value);
}
