import { createParser } from 'eventsource-parser';
import type { LiveEvents, Overview } from '../../wire.ts';
import { after } from '../browser/clock.ts';
import { Observable } from '../browser/observable.ts';
import { letIn, problemOf, type RefusedError, request } from './ask.ts';

export type LiveState = 'connecting' | 'live' | 'lost';

/** What changed. `all`: nobody knows what, as after a gap; then everything shown is fetched again. */
export interface Changed {
  keys: readonly string[];
  all: boolean;
}

/** The server says something once a second; silence means that the way to it is broken. */
const SILENCE_MS = 8_000;
const RETRY_MS = [300, 600, 1_200, 2_500, 5_000];

/** What the store does, as it does it: a stream that comes back by itself when it breaks. */
export class LiveStream {
  readonly state = new Observable<LiveState>('connecting');
  readonly overview = new Observable<Overview | undefined>(undefined);
  readonly #listeners = new Set<(changed: Changed) => void>();
  /** Why the last connection broke. */
  readonly broke = new Observable<RefusedError | undefined>(undefined);
  /** The connection that has said something. */
  #opened: AbortSignal | undefined;
  #key: string | undefined;
  #own: AbortController | undefined;
  #failures = 0;

  /** Follows one session alone, or all of them. Without a change it does nothing. */
  follow(key: string | undefined): void {
    if (this.#own && key === this.#key) return;
    this.#key = key;
    this.#own?.abort();
    this.#own = new AbortController();
    void this.#run(this.#own.signal);
  }

  /** @returns ends it */
  onChanges(listener: (changed: Changed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What this page has just changed itself is not waited for. */
  announce(key: string): void {
    this.#tell({ keys: [key], all: false });
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && letIn.value) {
      await this.#once(signal);
      if (signal.aborted || !letIn.value) return;
      this.state.set('lost');
      const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 0;
      this.#failures += 1;
      await new Promise<void>((done) => {
        after(wait, done);
      });
    }
  }

  /** One connection, until it ends. */
  async #once(outer: AbortSignal): Promise<void> {
    const own = new AbortController();
    const signal = AbortSignal.any([outer, own.signal]);
    let silent = after(SILENCE_MS, () => own.abort());
    const parser = createParser({ onEvent: ({ event, data }) => this.#take(event, data, outer) });
    try {
      const key = this.#key;
      const query = key === undefined ? '' : `?key=${encodeURIComponent(key)}`;
      const response = await request(`api/live${query}`, { signal });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        silent();
        silent = after(SILENCE_MS, () => own.abort());
        parser.feed(part.value);
      }
    } catch (cause) {
      // The next connection repairs it; the banner says why this one ended.
      if (!outer.aborted) this.broke.set(problemOf(cause));
    } finally {
      silent();
      this.#opened = undefined;
    }
  }

  #take(event: string | undefined, data: string, connection: AbortSignal): void {
    if (connection.aborted) return;
    if (event === 'overview') this.#takeOverview(JSON.parse(data), connection);
    if (event === 'changes') {
      const { keys, more } = JSON.parse(data) as LiveEvents['changes'];
      this.#tell({ keys, all: more });
    }
  }

  #takeOverview(overview: LiveEvents['overview'], connection: AbortSignal): void {
    const former = this.overview.value;
    this.overview.set(overview);
    if (this.#opened === connection) {
      if (former && isOtherwise(former, overview)) this.#tell({ keys: [], all: true });
      return;
    }
    this.#opened = connection;
    this.#failures = 0;
    this.state.set('live');
    // What happened before this connection was never told.
    this.#tell({ keys: [], all: true });
  }

  #tell(changed: Changed): void {
    for (const listener of [...this.#listeners]) listener(changed);
  }
}

/** What no change tells: who waits in a lane, and what a first look at the store has found so far. */
function isOtherwise(former: Overview, next: Overview): boolean {
  return former.waiting.turns !== next.waiting.turns || !former.complete;
}
