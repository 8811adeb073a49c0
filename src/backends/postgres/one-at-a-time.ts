/**
 * The writes of one session, one after the other: in the order in which they were asked for, and on
 * one connection at a time, so that a session whose row is held can not take all of the pool.
 */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs the work when all that was asked for this key before it is done, whatever became of it. */
  run<T>(key: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    let begun = false;
    const turn = async () => {
      signal?.throwIfAborted();
      begun = true;
      return work();
    };
    const before = this.#last.get(key);
    const mine = before ? before.then(turn, turn) : turn();
    this.#last.set(key, mine);
    const forget = () => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(forget, forget);
    return signal && before ? abortedBefore(() => begun, mine, signal) : mine;
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.allSettled(this.#last.values());
  }
}

/** Ends the wait for the work to begin; what has begun goes on and is awaited. */
function abortedBefore<T>(begun: () => boolean, work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      if (!begun()) reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
