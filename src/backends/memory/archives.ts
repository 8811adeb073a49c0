import type { Backend } from '../../contract/backend.ts';
import { sessionGone } from '../../contract/check-guard.ts';
import { keepFields } from '../../model/patch.ts';
import type { Archive } from '../../model/state.ts';
import {
  type HeldSession,
  newConversation,
  type PutAway,
  stateOf,
  transcriptBytes,
} from './held-session.ts';
import { conversationGone, type MemoryData } from './memory-data.ts';

type Verbs = Pick<Backend, 'reset' | 'archives' | 'restore' | 'remove'>;

/** Conversations that begin, end and come back. Each of these steps loses a running turn. */
export function archives(data: MemoryData): Verbs {
  const putAway = (session: HeldSession, reason: string): void => {
    const { conversation, entry } = session;
    const archivedAt = data.world.now();
    session.archives.unshift(Object.freeze({ conversation, entry, reason, archivedAt }));
  };

  return {
    async reset(key, ask, guard) {
      let session = data.checked(key, guard);
      const place = data.place(key);
      if (session) {
        putAway(session, ask.reason);
        session.conversation = newConversation(data.world.newId(), data.world.now());
        data.commit(session, keepFields(session.entry, ask.keep));
      } else {
        session = data.ensure(key);
      }
      place.lose('reset');
      data.tell(key, 'reset');
      return stateOf(session, place);
    },

    async archives(key) {
      return (data.sessions.get(key)?.archives ?? []).map(shownArchive);
    },

    async restore(key, sessionId, guard) {
      const session = data.checked(key, guard);
      const place = data.place(key);
      if (!session) throw sessionGone(key);
      if (session.conversation.sessionId === sessionId) return stateOf(session, place);
      const archive = session.archives.find((each) => each.conversation.sessionId === sessionId);
      if (!archive) throw conversationGone(key, sessionId);
      session.archives = session.archives.filter((each) => each !== archive);
      putAway(session, 'restore');
      session.conversation = archive.conversation;
      data.commit(session, archive.entry);
      place.lose('restore');
      data.tell(key, 'restore');
      return stateOf(session, place);
    },

    async remove(key, guard) {
      if (!data.sessions.has(key)) return false;
      data.checked(key, guard);
      data.sessions.delete(key);
      data.place(key).lose('remove');
      data.tell(key, 'remove');
      return true;
    },
  };
}

function shownArchive(archive: PutAway): Archive {
  const { conversation, entry, reason, archivedAt } = archive;
  const { sessionId, createdAt } = conversation;
  const bytes = transcriptBytes(conversation);
  return Object.freeze({ sessionId, entry, reason, createdAt, archivedAt, bytes });
}
