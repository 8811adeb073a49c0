import type { Backend } from '../../contract/backend.ts';
import { latestChanges } from '../../contract/latest-changes.ts';
import { compareSummaries, matchesQuery, summaryOf } from '../../model/summary.ts';
import { stateOf } from './held-session.ts';
import type { MemoryData } from './memory-data.ts';

/** Looking at many sessions. */
export function listing(data: MemoryData): Pick<Backend, 'list' | 'watch'> {
  return {
    async *list(query) {
      const rows = [...data.sessions.values()]
        .map((session) => summaryOf(stateOf(session, data.place(session.key))))
        .filter((row) => matchesQuery(row, query))
        .sort(compareSummaries(query.order));
      yield* rows.slice(0, query.limit);
    },

    watch: (signal) =>
      latestChanges((hear) => {
        data.watchers.add(hear);
        return () => data.watchers.delete(hear);
      }, signal),
  };
}
