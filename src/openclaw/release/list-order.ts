import type { AgentReturn, PlannedSession } from './agent-return.ts';
import type { FormerEntry } from './former-list.ts';

/** An entry of the new list: a session of the store, or a former entry as it stands. */
export type Placed = { session: PlannedSession } | { former: FormerEntry };

export interface ListOrder {
  entries: Placed[];
  /** Former entries that stay as they stand. */
  carried: number;
  /** Former entries whose sessions were removed from the store. */
  removed: number;
}

/** What the new list has, in order: former entries keep their places, what is new stands behind. */
export function listOrder({ former, sessions }: AgentReturn): ListOrder {
  const open = new Map(sessions);
  const archived = new Set<string | undefined>();
  for (const { archives } of sessions.values()) {
    for (const { sessionId } of archives) archived.add(sessionId);
  }
  const order: ListOrder = { entries: [], carried: 0, removed: 0 };
  for (const entry of former.entries) {
    const key = sessions.has(entry.key) ? entry.key : entry.canonical;
    const session = sessions.get(key);
    if (session !== undefined) {
      // Another spelling of a key is the same session, which is in the list once.
      if (open.delete(key)) order.entries.push({ session });
    } else if (former.wasAdopted(entry)) {
      order.removed += 1;
    } else if (!archived.has(entry.sessionId)) {
      order.carried += 1;
      order.entries.push({ former: entry });
    }
  }
  for (const session of open.values()) order.entries.push({ session });
  return order;
}
