/** What other programs changed in the mirror becomes a change of the sessions, field by field. */
import { isHoldfastError } from '../../model/errors.ts';
import { checkPatch } from '../../model/patch.ts';
import { isPlainObject } from '../../model/plain-object.ts';
import type { Entry } from '../../model/state.ts';
import { breathe } from '../../system/timers.ts';
import type { WholeSessionsJson } from '../sessions-json.ts';
import { SkillPrompts } from '../skill-prompts.ts';
import { valueKind } from '../value-kind.ts';
import { type Compared, compareEntry } from './compare-entry.ts';
import { withEditedDelivery } from './edited-delivery.ts';
import { type Marks, marksOf } from './marks.ts';
import { type MirrorContext, mirrored } from './mirror-context.ts';
import { isCarried, type Written } from './written.ts';

/** An entry of which something was not taken over. */
export interface Conflict {
  key: string;
  /** Which fields, or why, for people. */
  what: string;
  theirs: unknown;
}

export interface Edits {
  conflicts: Conflict[];
  /** Entries of which nothing was ever written. */
  fresh: [key: string, value: unknown][];
  /** Sessions that were written and are not in the file. */
  missing: string[];
  /** The file that was looked at, entry by entry. */
  seen: Map<string, Marks>;
}

/** Entries between two rounds of the event loop. */
const ENTRIES_AT_ONCE = 64;

export async function takeOverEdits(
  context: MirrorContext,
  list: WholeSessionsJson,
  written: Written | undefined,
): Promise<Edits> {
  const edits: Edits = { conflicts: [], fresh: [], missing: [], seen: new Map() };
  const prompts = new SkillPrompts(context.system.fs, context.paths.directory);
  for (const [index, [key, value]] of list.entries.entries()) {
    if (index % ENTRIES_AT_ONCE === ENTRIES_AT_ONCE - 1) await breathe(context.system.timers);
    const marks = isPlainObject(value) ? marksOf(value, context.names) : undefined;
    if (marks !== undefined) edits.seen.set(key, marks);
    const entry = written?.entries.get(key);
    if (isCarried(entry)) {
      if (JSON.stringify(value) !== entry.carried) edits.fresh.push([key, value]);
      continue;
    }
    const bases = basesOf(written, key);
    if (bases.length === 0) edits.fresh.push([key, value]);
    else if (marks === undefined || !isPlainObject(value)) {
      edits.conflicts.push({ key, what: `it is ${valueKind(value)} there`, theirs: value });
    } else if (!bases.some((base) => isSame(base, marks))) {
      const conflict = await merge(context, prompts, key, value, bases);
      if (conflict !== undefined) edits.conflicts.push({ key, what: conflict, theirs: value });
    }
  }
  const there = new Set(list.entries.map(([key]) => key));
  for (const [key, entry] of written?.entries ?? []) {
    // What a crash kept from being written was never in the file.
    const never = !written?.placed && written?.former.has(key) && !written.former.get(key);
    if (!there.has(key) && !isCarried(entry) && !never) edits.missing.push(key);
  }
  return edits;
}

/** As it may have been written last. */
function basesOf(written: Written | undefined, key: string): Marks[] {
  const entry = written?.entries.get(key);
  const last = entry === undefined || isCarried(entry) ? undefined : entry.marks;
  const former = written?.placed ? undefined : written?.former.get(key);
  return [last, former].filter((marks) => marks !== undefined);
}

function isSame(a: Marks, b: Marks): boolean {
  return a.names === b.names && a.values === b.values;
}

/** Resolves to what was not taken over. */
async function merge(
  context: MirrorContext,
  prompts: SkillPrompts,
  key: string,
  theirs: Entry,
  bases: readonly Marks[],
): Promise<string | undefined> {
  const hydrated = await prompts.hydrate(theirs.skillsSnapshot);
  const snapshot = 'reason' in hydrated ? theirs.skillsSnapshot : hydrated.snapshot;
  let compared: Compared | undefined;
  const change = (entry: Readonly<Entry>, sessionId: string | undefined) => {
    const told = { sessionId: sessionId as string, updatedAt: 0, entry };
    const ours = mirrored(context, key, told).entry;
    compared = compareEntry(theirs, ours, bases);
    const take = withEditedDelivery(compared.take, ours);
    if (isPlainObject(take.skillsSnapshot)) take.skillsSnapshot = snapshot;
    return checkPatch(take, key);
  };
  try {
    await context.backend.update(key, change, { ifExists: true });
    const fields = compared?.conflicts ?? [];
    return fields.length === 0 ? undefined : fields.join(', ');
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    if (error.code === 'SESSION_GONE') return 'the session was removed from the store';
    if (!['INVALID_ENTRY', 'LIMIT_EXCEEDED', 'ENTRY_DAMAGED'].includes(error.code)) throw error;
    return error.message;
  }
}

/**
 * Entries of which nothing was written, but whose sessions are in the store: which of them differ.
 * The store's stay. The other entries are returned.
 */
export async function compareKnown(
  context: MirrorContext,
  edits: Edits,
): Promise<[key: string, value: unknown][]> {
  const unknown: [string, unknown][] = [];
  for (const [key, value] of edits.fresh) {
    const state = await readKnown(context, key);
    if (state === undefined) {
      unknown.push([key, value]);
      continue;
    }
    if (state === 'damaged' || !isPlainObject(value)) {
      const what = state === 'damaged' ? 'the session is damaged' : `it is ${valueKind(value)}`;
      edits.conflicts.push({ key, what, theirs: value });
      continue;
    }
    const { conflicts } = compareEntry(value, mirrored(context, key, state).entry, []);
    if (conflicts.length > 0) {
      edits.conflicts.push({ key, what: conflicts.join(', '), theirs: value });
    }
  }
  return unknown;
}

async function readKnown({ backend }: MirrorContext, key: string) {
  try {
    return await backend.read(key);
  } catch (error) {
    if (isHoldfastError(error) && error.code === 'ENTRY_DAMAGED') return 'damaged';
    // A key that no store accepts has no session.
    if (isHoldfastError(error) && error.code === 'INVALID_KEY') return undefined;
    throw error;
  }
}
