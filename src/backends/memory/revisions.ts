import type { Backend } from '../../contract/backend.ts';
import { type Applied, entryBytes } from '../../model/patch.ts';
import { archivedBytes, type HeldSession, transcriptBytes } from './held-session.ts';
import type { MemoryData } from './memory-data.ts';

/** More: the former values of a store that lasts as long as its process are never given back. */
const REVISIONS_MAX = 200;

const NONE: readonly string[] = Object.freeze([]);

/** What a commit changed of the entry; left out where another one took its place. */
export type Changed = Pick<Applied, 'set' | 'unset'>;

/** What can be told of one session besides its state. */
export function revisions(data: MemoryData): Pick<Backend, 'revisions' | 'size'> {
  return {
    async revisions(key, { last }) {
      return (data.sessions.get(key)?.revisions ?? []).slice(-last).reverse();
    },

    async size(key) {
      const session = data.sessions.get(key);
      if (!session) return undefined;
      return {
        metadata: entryBytes(session.entry),
        transcript: transcriptBytes(session.conversation),
        archives: session.archives.reduce((sum, archive) => sum + archivedBytes(archive), 0),
      };
    },
  };
}

/**
 * Keeps the commit that a session has just taken. Where there are many, they make way for a whole one,
 * as lines of a log do for the first line of the next.
 */
export function keepRevision(session: HeldSession, changed?: Changed): void {
  const { rev, updatedAt: at, entry, conversation } = session;
  const { sessionId } = conversation;
  if (session.revisions.length >= REVISIONS_MAX) session.revisions = [];
  const whole = changed === undefined || session.revisions.length === 0;
  const set = whole ? entry : Object.freeze(changed.set ?? {});
  const unset = (!whole && changed.unset && Object.freeze(changed.unset)) || NONE;
  session.revisions.push(Object.freeze({ rev, at, sessionId, set, unset, whole }));
}
