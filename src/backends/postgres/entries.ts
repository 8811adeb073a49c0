/**
 * The metadata of a session.
 *
 * A patch is one statement: the server adds it to the entry that is there, if the guard allows it
 * and if it changes anything. A function runs here, on the state that this process saw last, and
 * what comes of it is one statement that counts only when that state is still the newest; so does a
 * patch with large values, or one that would make a large entry.
 */
import type { Backend, CheckedPatch, EntryChange, Guard } from '../../contract/backend.ts';
import { mayCreate } from '../../contract/check-guard.ts';
import { applyPatch, checkEntryBytes } from '../../model/patch.ts';
import type { Entry, SessionState } from '../../model/state.ts';
import { changed, type PostgresContext, remembered, untilDone } from './context.ts';
import { createSession } from './create-session.ts';
import { checkState } from './guard-conditions.ts';
import { patchEntry } from './patch-entry.ts';
import { readState } from './read-state.ts';
import { replaceEntry } from './replace-entry.ts';

const EMPTY: Readonly<Entry> = Object.freeze({});

export function entries(context: PostgresContext): Pick<Backend, 'read' | 'update'> {
  const { writes } = context;
  return {
    read: (key) => readState(context, key),

    update: (key, change, guard) =>
      writes.run(key, guard.signal, async () => {
        const simple = typeof change !== 'function' && isSimple(context, change);
        return untilDone(context, key, guard.signal, async (tries) => {
          if (simple && tries === 1) {
            const row = await changed(context, ...patchEntry(context, key, change, guard), key);
            if (row) return remembered(context, row);
          }
          return changeLatest(context, key, change, guard, simple || tries > 1);
        });
      }),
  };
}

function isSimple(context: PostgresContext, patch: CheckedPatch): boolean {
  return !Object.entries(patch).some(([field, value]) => context.statics.isLarge(field, value));
}

/** One try on a state that is the newest, as far as is known; `undefined` when it was not. */
async function changeLatest(
  context: PostgresContext,
  key: string,
  change: EntryChange,
  guard: Guard,
  afresh: boolean,
): Promise<SessionState | undefined> {
  const known = afresh ? undefined : context.latest.get(key);
  const state = known ?? (await readState(context, key));
  try {
    checkState(key, state, guard);
    const entry = state?.entry ?? EMPTY;
    const patch = typeof change === 'function' ? change(entry, state?.sessionId) : change;
    const applied = applyPatch(entry, patch);
    if (applied) checkEntryBytes(applied.entry, key);
    if (!state) {
      if (!mayCreate(guard)) return undefined;
      return await createSession(context, key, { entry: applied?.entry ?? EMPTY });
    }
    if (applied) return await replaceEntry(context, state, applied, guard);
    if (state !== known) return state;
  } catch (error) {
    // What a state that may be behind led to is no answer: look whether it was the newest.
    if (state !== known || state === undefined) throw error;
  }
  return changeLatest(context, key, change, guard, true);
}
