import type { Backend } from '../../contract/backend.ts';
import type { Change } from '../../model/state.ts';
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

    watch: (signal) => watchChanges(data, signal),
  };
}

/**
 * Hears from the call on, not from the first `next`. What nobody has fetched yet is kept once a
 * key, as its last change, so that a slow reader costs no more than the sessions that changed.
 */
function watchChanges(data: MemoryData, signal: AbortSignal): AsyncIterable<Change> {
  const unread = new Map<string, Change>();
  let stopped = signal.aborted;
  let wake: (() => void) | undefined;
  const hear = (change: Change) => {
    unread.delete(change.key);
    unread.set(change.key, change);
    wake?.();
  };
  const stop = () => {
    stopped = true;
    data.watchers.delete(hear);
    signal.removeEventListener('abort', stop);
    wake?.();
  };
  if (!stopped) {
    data.watchers.add(hear);
    signal.addEventListener('abort', stop);
  }

  async function* changes(): AsyncGenerator<Change, void> {
    while (!stopped) {
      const [first] = unread.values();
      if (first) {
        unread.delete(first.key);
        yield first;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  const iterator = changes();
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => iterator.next(),
      return() {
        stop();
        return iterator.return();
      },
    }),
  };
}
