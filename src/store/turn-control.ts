/**
 * The store's side of a turn that was granted.
 *
 *   running ──asked to stop (interrupt, limit, the caller's signal)──▶ running, its signal aborted
 *   running ──end──▶ over
 *   running ──overtaken, reset, removed, over its grace, store closed──▶ over, its signal aborted
 *
 * Once it is over, every call through it is refused before the back end is asked.
 */
import { HoldfastError } from '../model/errors.ts';

export class TurnControl {
  readonly #key: string;
  readonly #abort = new AbortController();
  /** Told once when the turn is taken away, so that the next one need not wait for its function. */
  readonly #onLost: () => void;
  #over: HoldfastError | undefined;

  constructor(key: string, onLost: () => void) {
    this.#key = key;
    this.#onLost = onLost;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get running(): boolean {
    return this.#over === undefined;
  }

  /** What a call through the turn is refused with; `undefined` while it runs. */
  get over(): HoldfastError | undefined {
    return this.#over;
  }

  /** Asks the user's function to stop; it may still end in order. */
  askToStop(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /** Asked to stop by somebody who gave a reason in words. */
  interrupted(reason: string): void {
    this.askToStop(this.#lost(`was asked to stop: ${reason}`));
  }

  end(): void {
    this.#over ??= this.#lost('has ended');
  }

  /** Takes the turn away: nothing can be written through it any more. */
  lose(why: HoldfastError | string): void {
    if (this.#over) return;
    this.#over = typeof why === 'string' ? this.#lost(`is lost: ${why}`) : why;
    this.#abort.abort(this.#over);
    this.#onLost();
  }

  #lost(what: string): HoldfastError {
    const key = this.#key;
    return new HoldfastError('TURN_LOST', `The turn of session ${JSON.stringify(key)} ${what}.`, {
      key,
    });
  }
}
