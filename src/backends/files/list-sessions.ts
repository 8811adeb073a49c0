import type { ListQuery } from '../../contract/backend.ts';
import type { SessionSummary } from '../../model/state.ts';
import { compareSummaries, matchesQuery } from '../../model/summary.ts';
import { freezeDeep } from './freeze-deep.ts';
import type { OpenedStore } from './opened-store.ts';
import { Slices } from './slices.ts';

/** `list`: rows of all agents, or of one, in order. */
export async function* listSessions(
  store: OpenedStore,
  query: ListQuery,
): AsyncGenerator<SessionSummary> {
  const slices = new Slices(store.system);
  const rows: SessionSummary[] = [];
  const agents = query.agentId === undefined ? store.agents() : [store.agent(query.agentId)];
  for (const agent of agents) {
    const index = store.index(agent);
    await index.refresh();
    for (const row of index.rows.values()) {
      if (matchesQuery(row, query)) rows.push(row);
      if (slices.due) await slices.rest();
    }
  }
  rows.sort(compareSummaries(query.order));
  const limit = query.limit ?? rows.length;
  for (const row of rows.slice(0, limit)) {
    // A caller that only collects them never gives the event loop back by itself.
    if (slices.due) await slices.rest();
    yield freezeDeep(row);
  }
}
