let arrivals = 0;

/** Somebody who wants a turn: his place in the lane and what may end his wait. */
export class Ticket {
  readonly interrupts: boolean;
  readonly waitMs: number;
  /** When he came, in milliseconds that only rise. */
  readonly since: number;
  /** Ends the wait, in the lane or in the back end. Replaced when he is sent back. */
  abort = new AbortController();
  /** Set by the lane while he waits in it. */
  go: () => void = () => undefined;
  readonly #number: number;
  #sentBack = false;

  constructor(ask: { interrupts: boolean; waitMs: number; since: number }) {
    this.interrupts = ask.interrupts;
    this.waitMs = ask.waitMs;
    this.since = ask.since;
    arrivals += 1;
    this.#number = arrivals;
  }

  isBefore(other: Ticket): boolean {
    if (this.interrupts !== other.interrupts) return this.interrupts;
    return this.#number < other.#number;
  }

  /** Milliseconds of his wait that are left. */
  remainingMs(elapsed: number): number {
    return Math.max(0, Math.ceil(this.since + this.waitMs - elapsed));
  }

  /** Takes him out of the back end's wait so that a newcomer who interrupts can go first. */
  sendBack(): void {
    this.#sentBack = true;
    this.abort.abort();
  }

  /** Whether that is why his beginning failed; if so he can wait in the lane again. */
  takeBack(): boolean {
    if (!this.#sentBack) return false;
    this.#sentBack = false;
    this.abort = new AbortController();
    return true;
  }
}
