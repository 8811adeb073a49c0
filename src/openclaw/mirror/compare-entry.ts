/**
 * Three versions of one entry, field by field: as it was written last, as the file has it now, and
 * as the store has it now. What only the file has changed is taken over. What both have changed is a
 * conflict, in which the store's stays.
 */
import { jsonEqual } from '../../model/equal-json.ts';
import { setField } from '../../model/plain-object.ts';
import type { Entry } from '../../model/state.ts';
import { type Marks, markIn, markOf } from './marks.ts';

export interface Compared {
  /** Fields to set; `null` removes one. */
  take: Record<string, unknown>;
  /** Fields in which the store's value stays although the file has another one. */
  conflicts: string[];
}

/** The store decides what they are; `updatedAt` counts its own commits. */
const OF_THE_STORE = new Set(['updatedAt', 'sessionFile', 'sessionId']);

/**
 * @param bases as it may have been written last: two when a crash has left open which one it was;
 *   none: it is not known, and every difference is a conflict
 * @param ours the entry as it would be written now
 */
export function compareEntry(
  theirs: Readonly<Entry>,
  ours: Readonly<Entry>,
  bases: readonly Marks[],
): Compared {
  const compared: Compared = { take: {}, conflicts: [] };
  if (theirs.sessionId !== ours.sessionId && !isWritten('sessionId', theirs, bases)) {
    // A reset there: nothing in the entry is about the conversation that the store has.
    return { take: {}, conflicts: ['sessionId'] };
  }
  const names = new Set([...Object.keys(theirs), ...bases.flatMap((base) => base.names)]);
  if (bases.length === 0) for (const name of Object.keys(ours)) names.add(name);
  for (const name of names) {
    if (name === 'updatedAt' || isWritten(name, theirs, bases)) continue;
    if (isEqual(name, theirs, ours)) continue;
    if (OF_THE_STORE.has(name)) {
      // A tool that leaves it out says nothing; neither does one that the store does not know of.
      if (Object.hasOwn(theirs, name) && bases.length > 0) compared.conflicts.push(name);
    } else if (isWritten(name, ours, bases)) {
      setField(compared.take, name, Object.hasOwn(theirs, name) ? theirs[name] : null);
    } else {
      compared.conflicts.push(name);
    }
  }
  return compared;
}

/** Whether a field is as it was written. */
function isWritten(name: string, entry: Readonly<Entry>, bases: readonly Marks[]): boolean {
  const mark = markAt(entry, name);
  return bases.some((base) => markIn(base, name) === mark);
}

/** Whatever the order of the fields within: another program may have sorted them. */
function isEqual(name: string, a: Readonly<Entry>, b: Readonly<Entry>): boolean {
  const there = Object.hasOwn(a, name);
  return there === Object.hasOwn(b, name) && (!there || jsonEqual(a[name], b[name]));
}

function markAt(entry: Readonly<Entry>, name: string): string | undefined {
  return Object.hasOwn(entry, name) ? markOf(entry[name]) : undefined;
}
