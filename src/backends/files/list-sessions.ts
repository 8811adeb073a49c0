import type { ListQuery } from '../../contract/backend.ts';
import { sortInSlices } from '../../model/sort-in-slices.ts';
import type { SessionSummary } from '../../model/state.ts';
import { compareSummaries, matchesQuery } from '../../model/summary.ts';
import { freezeDeep } from './freeze-deep.ts';
import { typedError } from './io-error.ts';
import type { OpenedStore } from './opened-store.ts';
import { Slices } from './slices.ts';

/** `list`: rows of all agents, or of one, in order. */
export function listSessions(store: OpenedStore, query: ListQuery): AsyncIterable<SessionSummary> {
  return { [Symbol.asyncIterator]: () => new ListedRows(store, query) };
}

/**
 * The rows of one listing. Written out and no generator: once the rows are there, each costs one
 * resolved promise, and a listing of thousands is mostly that.
 */
class ListedRows implements AsyncIterator<SessionSummary> {
  readonly #store: OpenedStore;
  readonly #query: ListQuery;
  readonly #slices: Slices;
  #loading: Promise<void> | undefined;
  #rows: readonly SessionSummary[] | undefined;
  #at = 0;

  constructor(store: OpenedStore, query: ListQuery) {
    this.#store = store;
    this.#query = query;
    this.#slices = new Slices(store.system);
  }

  next(): Promise<IteratorResult<SessionSummary>> {
    if (!this.#rows) {
      this.#loading ??= this.#load();
      return this.#loading.then(() => this.#take());
    }
    // A caller that only collects them never gives the event loop back by itself.
    if (this.#slices.due) return this.#slices.rest().then(() => this.#take());
    return Promise.resolve(this.#take());
  }

  return(): Promise<IteratorResult<SessionSummary>> {
    this.#rows = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  #take(): IteratorResult<SessionSummary> {
    const row = this.#rows?.[this.#at];
    if (row === undefined) return { done: true, value: undefined };
    this.#at += 1;
    return { done: false, value: freezeDeep(row) };
  }

  async #load(): Promise<void> {
    const rows: SessionSummary[] = [];
    const { agentId, order, limit } = this.#query;
    const slices = this.#slices;
    const agents = agentId === undefined ? this.#store.agents() : [this.#store.agent(agentId)];
    for (const agent of agents) {
      const index = this.#store.index(agent);
      try {
        await index.refresh();
      } catch (cause) {
        throw typedError(cause);
      }
      // Taken at one moment: the next refresh may come while this loop rests.
      for (const row of [...index.rows.values()]) {
        if (matchesQuery(row, this.#query)) rows.push(row);
        if (slices.due) await slices.rest();
      }
    }
    const sorted = await sortInSlices(rows, compareSummaries(order), slices);
    this.#rows ??= limit === undefined ? sorted : sorted.slice(0, limit);
  }
}
