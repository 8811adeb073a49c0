import { isPlainObject } from '../../model/plain-object.ts';
import { valueKind } from '../value-kind.ts';

/** What an examination keeps of an entry; all else of it may be large and is let go. */
export interface EntryFacts {
  /** What the entry is when it is no object: `null`, `an array`, `a number`. */
  odd: string | undefined;
  /** As they stand in the entry, of any type; long texts are cut. */
  sessionId: unknown;
  sessionFile: unknown;
  updatedAt: unknown;
  /** Something was said in it, so that there should be a transcript. */
  said: boolean;
  /** Ids of conversations that came before under this key. */
  former: string[];
}

/** No path, id or time that is used is as long. */
const TEXT_MAX = 2_048;
const FORMER_MAX = 1_000;

export function entryFacts(value: unknown): EntryFacts {
  if (!isPlainObject(value)) {
    const none = { sessionId: undefined, sessionFile: undefined, updatedAt: undefined };
    return { odd: valueKind(value), ...none, said: false, former: [] };
  }
  const own = (field: string) => (Object.hasOwn(value, field) ? value[field] : undefined);
  const counted = ['inputTokens', 'outputTokens', 'totalTokens'].some(
    (field) => typeof own(field) === 'number' && (own(field) as number) > 0,
  );
  return {
    odd: undefined,
    sessionId: small(own('sessionId')),
    sessionFile: small(own('sessionFile')),
    updatedAt: small(own('updatedAt')),
    said: counted || own('endedAt') !== undefined,
    former: formerIds(own),
  };
}

/** The fields in which the versions of OpenClaw remember earlier conversations. */
function formerIds(own: (field: string) => unknown): string[] {
  const found: unknown[] = [own('previousSessionId')];
  const family = own('usageFamilySessionIds');
  if (Array.isArray(family)) found.push(...family.slice(0, FORMER_MAX));
  const checkpoints = own('compactionCheckpoints');
  for (const point of Array.isArray(checkpoints) ? checkpoints.slice(0, FORMER_MAX) : []) {
    if (!isPlainObject(point)) continue;
    found.push(point.sessionId);
    for (const side of [point.preCompaction, point.postCompaction]) {
      if (isPlainObject(side)) found.push(side.sessionId);
    }
  }
  return found.filter((id): id is string => typeof id === 'string' && id.length <= 128);
}

/** What is not text or a number is kept as its kind only: an object may be large. */
function small(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, TEXT_MAX);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? [] : {};
  return value;
}
