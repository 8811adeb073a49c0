/**
 * The life of an opened store.
 *
 *   open ──close──▶ closing ──accepted work done──▶ closed
 *
 * What was accepted while it was open is finished before the back end is closed; what is asked for
 * afterwards is refused with `STORE_CLOSED`. Whoever closes again gets the same promise. A store
 * that is fenced by a later one takes the same way, with another reason in its refusals.
 */
import { HoldfastError } from '../model/errors.ts';

export class Lifecycle {
  readonly #location: string;
  /** Calls that the back end has not settled yet. */
  #pending = 0;
  #settled: (() => void) | undefined;
  #closed: { why: string; done: Promise<void> } | undefined;
  readonly #countDown = <T>(value: T): T => {
    this.leave();
    return value;
  };
  readonly #countDownAndThrow = (error: unknown): never => {
    this.leave();
    throw error;
  };

  constructor(location: string) {
    this.#location = location;
  }

  get open(): boolean {
    return this.#closed === undefined;
  }

  /** Throws `STORE_CLOSED` unless the store is open. */
  check(): void {
    if (this.#closed) throw this.refusal();
  }

  refusal(): HoldfastError {
    const why = this.#closed?.why ?? 'it is being closed';
    return new HoldfastError('STORE_CLOSED', `The store at ${this.#location} is closed: ${why}.`);
  }

  /**
   * Counts a call as accepted work until it settles. What it returns, and not the call itself, is
   * given to the user: a rejection that nobody handles stays one.
   */
  track<T>(call: Promise<T>): Promise<T> {
    this.#pending += 1;
    return call.then(this.#countDown<T>, this.#countDownAndThrow);
  }

  enter(): void {
    this.#pending += 1;
  }

  leave(): void {
    this.#pending -= 1;
    if (this.#pending === 0) this.#settled?.();
  }

  /** Refuses from now on; `stop` runs at once, `free` when the accepted work is done. */
  close(why: string, stop: () => void, free: () => Promise<void>): Promise<void> {
    if (this.#closed) return this.#closed.done;
    const idle = new Promise<void>((resolve) => {
      this.#settled = resolve;
    });
    const done = idle.then(free);
    this.#closed = { why, done };
    stop();
    if (this.#pending === 0) this.#settled?.();
    return done;
  }
}
