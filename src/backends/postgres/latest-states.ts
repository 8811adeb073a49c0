import type { SessionState } from '../../model/state.ts';

const STATES_MAX = 2_000;

/**
 * The states that this process saw last, to try a function on. They may be behind: what comes of
 * one counts only when the row of the session still has its revision.
 */
export class LatestStates {
  readonly #states = new Map<string, { state: SessionState; touched: number }>();

  get(key: string): SessionState | undefined {
    return this.#states.get(key)?.state;
  }

  /** `touched`: when anything of the session changed last, in microseconds by the server's clock. */
  set(state: SessionState, touched: number): void {
    this.#states.delete(state.key);
    this.#states.set(state.key, { state, touched });
    if (this.#states.size > STATES_MAX) {
      this.#states.delete(this.#states.keys().next().value as string);
    }
  }

  /** For each session, when it had changed last as far as this process knows. */
  touches(): ReadonlyMap<string, number> {
    return new Map([...this.#states].map(([key, { touched }]) => [key, touched]));
  }

  forget(key: string): void {
    this.#states.delete(key);
  }
}
