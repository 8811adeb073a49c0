import type { Backend } from '../../contract/backend.ts';
import type { Revision } from '../../model/state.ts';
import type { PostgresContext } from './context.ts';
import { readState } from './read-state.ts';

/** What can be told of one session besides its state. */
export function revisions(context: PostgresContext): Pick<Backend, 'revisions' | 'size'> {
  const { connections, tables } = context;
  const text = `select octet_length(s.entry::text) as metadata, s.bytes as transcript, coalesce(
      (select sum(octet_length(a.entry::text) + a.bytes) from ${tables.archives} a where a.key = s.key), 0) as archives
    from ${tables.sessions} s where s.key = $1`;
  const sizes = { what: 'look for the size', text, writes: false };

  return {
    /** A row holds the newest state and no other. */
    async revisions(key) {
      const state = await readState(context, key);
      if (!state) return [];
      const { rev, updatedAt: at, sessionId, entry: set } = state;
      const only: Revision = { rev, at, sessionId, set, unset: Object.freeze([]), whole: true };
      return [Object.freeze(only)];
    },

    async size(key) {
      const [row] = await connections.run(sizes, [key], key);
      if (!row) return undefined;
      return {
        metadata: Number(row.metadata),
        transcript: Number(row.transcript),
        archives: Number(row.archives),
      };
    },
  };
}
