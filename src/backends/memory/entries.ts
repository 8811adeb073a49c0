import type { Backend } from '../../contract/backend.ts';
import { applyPatch, checkEntryBytes } from '../../model/patch.ts';
import type { Entry } from '../../model/state.ts';
import { stateOf } from './held-session.ts';
import type { MemoryData } from './memory-data.ts';

const EMPTY: Readonly<Entry> = Object.freeze({});

/** The metadata of a session. */
export function entries(data: MemoryData): Pick<Backend, 'read' | 'update'> {
  return {
    async read(key) {
      const session = data.sessions.get(key);
      return session && stateOf(session, data.place(key));
    },

    async update(key, change, guard) {
      let session = data.checked(key, guard);
      const place = data.place(key);
      const entry = session?.entry ?? EMPTY;
      const patch =
        typeof change === 'function' ? change(entry, session?.conversation.sessionId) : change;
      const applied = applyPatch(entry, patch);
      if (applied) checkEntryBytes(applied.entry, key);
      if (session && !applied) return stateOf(session, place);
      if (session && applied) data.commit(session, applied.entry, { changed: applied });
      session ??= data.create(key, applied?.entry ?? EMPTY);
      data.tell(key, 'update');
      return stateOf(session, place);
    },
  };
}
