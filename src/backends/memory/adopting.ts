import type { Backend } from '../../contract/backend.ts';
import { conversationTaken, sessionGone } from '../../contract/check-guard.ts';
import { copyJson } from '../../model/copy-json.ts';
import type { Entry } from '../../model/state.ts';
import { newConversation, stateOf } from './held-session.ts';
import type { MemoryData } from './memory-data.ts';

/** Sessions as another program or another store has them. */
export function adopting(data: MemoryData): Pick<Backend, 'adopt' | 'adoptNext'> {
  const copied = (entry: Readonly<Entry>, key: string) =>
    copyJson(entry, 'entry', { key }) as Entry;

  return {
    async adopt(key, past) {
      if (data.sessions.has(key)) return false;
      data.create(key, copied(past.entry, key), past);
      data.tell(key, 'update');
      return true;
    },

    async adoptNext(key, next, guard) {
      const session = data.checked(key, guard);
      if (!session) throw sessionGone(key);
      const { conversation, entry, archives } = session;
      const known = [conversation, ...archives.map((archive) => archive.conversation)];
      if (known.some(({ sessionId }) => sessionId === next.sessionId)) {
        throw conversationTaken(key, next.sessionId);
      }
      const { reason, archivedAt } = next;
      archives.unshift(Object.freeze({ conversation, entry, reason, archivedAt }));
      session.conversation = newConversation(next.sessionId, next.beganAt);
      data.commit(session, copied(next.entry, key), { at: next.updatedAt });
      const place = data.place(key);
      place.lose('reset');
      data.tell(key, 'reset');
      return stateOf(session, place);
    },
  };
}
