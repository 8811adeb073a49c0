import type { ListQuery } from '../../contract/backend.ts';
import type { SessionSummary } from '../../model/state.ts';
import { compareSummaries, matchesQuery } from '../../model/summary.ts';
import { freezeDeep } from './freeze-deep.ts';
import { typedError } from './io-error.ts';
import type { OpenedStore } from './opened-store.ts';
import { Slices } from './slices.ts';
import { sortInSlices } from './sort-in-slices.ts';

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
    try {
      await index.refresh();
    } catch (cause) {
      throw typedError(cause);
    }
    // Taken at one moment: the next refresh may come while this loop rests.
    for (const row of [...index.rows.values()]) {
      if (matchesQuery(row, query)) rows.push(row);
      if (slices.due) await slices.rest();
    }
  }
  const sorted = await sortInSlices(rows, compareSummaries(query.order), slices);
  const limit = Math.min(query.limit ?? sorted.length, sorted.length);
  for (let at = 0; at < limit; at++) {
    // A caller that only collects them never gives the event loop back by itself.
    if (slices.due) await slices.rest();
    yield freezeDeep(sorted[at] as SessionSummary);
  }
}
