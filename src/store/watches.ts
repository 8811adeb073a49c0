import type { Backend } from '../contract/backend.ts';
import type { Change } from '../model/state.ts';
import { checkOptions, signal as signalCheck } from './check-options.ts';
import type { Lifecycle } from './lifecycle.ts';

const CHECKS = { signal: signalCheck };

/** The watches of one store: each ends by its own signal, or in order when the store is closed. */
export class Watches {
  readonly #backend: Backend;
  readonly #life: Lifecycle;
  readonly #ends = new Set<AbortController>();

  constructor(backend: Backend, life: Lifecycle) {
    this.#backend = backend;
    this.#life = life;
  }

  /** Hears from this call on, not from the first `next`. */
  begin(options: { signal?: AbortSignal } | undefined): AsyncIterable<Change> {
    this.#life.check();
    checkOptions(options, CHECKS, 'watch');
    const end = new AbortController();
    const onAbort = () => end.abort();
    const signal = options?.signal;
    if (signal?.aborted) end.abort();
    else signal?.addEventListener('abort', onAbort, { signal: end.signal });
    const inner = this.#backend.watch(end.signal)[Symbol.asyncIterator]();
    this.#ends.add(end);
    const finish = () => {
      end.abort();
      this.#ends.delete(end);
    };
    return {
      [Symbol.asyncIterator]: () => ({
        async next() {
          const result = await inner.next();
          if (result.done) finish();
          return result;
        },
        async return() {
          finish();
          await inner.return?.();
          return { done: true, value: undefined };
        },
      }),
    };
  }

  endAll(): void {
    for (const end of this.#ends) end.abort();
    this.#ends.clear();
  }
}
