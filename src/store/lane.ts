/**
 * The turns of one key in this process: first come first served, bounded, abortable.
 *
 *   waiting ──head of the lane, nobody holds it──▶ beginning ──granted──▶ holding ──▶ gone
 *   waiting ──deadline, abort or close──▶ gone
 *   beginning ──refused by the back end──▶ gone
 *   beginning ──a newcomer interrupts──▶ waiting, behind that newcomer
 *
 * At most one ticket is beginning (waiting for other processes) and at most one is holding. A ticket
 * that interrupts waits only behind others that do, and begins while the holder still runs: asking
 * that one to stop is part of beginning.
 */
import type { Surroundings } from './surroundings.ts';
import type { Ticket } from './ticket.ts';

export class Lane {
  readonly #surroundings: Surroundings;
  /** Sorted: those that interrupt before the others, each in order of arrival. */
  readonly #waiting: Ticket[] = [];
  #beginning: Ticket | undefined;
  #holding: Ticket | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** The ticket whose turn runs in this process. */
  get holding(): Ticket | undefined {
    return this.#holding;
  }

  get waiting(): number {
    return this.#waiting.length + (this.#beginning ? 1 : 0);
  }

  get busy(): boolean {
    return this.#holding !== undefined || this.waiting > 0;
  }

  get oldestWaitMs(): number {
    const all = this.#beginning ? [this.#beginning, ...this.#waiting] : this.#waiting;
    if (all.length === 0) return 0;
    const oldest = Math.min(...all.map((ticket) => ticket.since));
    return Math.round(this.#surroundings.elapsed() - oldest);
  }

  /** Lets a ticket begin at once when the lane is empty. */
  beginAtOnce(ticket: Ticket): boolean {
    if (this.busy) return false;
    this.#beginning = ticket;
    return true;
  }

  /** Resolves when the ticket may begin. At its deadline it is refused with what `late` says. */
  wait(ticket: Ticket, late: () => Promise<Error>): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        stopClock();
        ticket.abort.signal.removeEventListener('abort', onAbort);
        const index = this.#waiting.indexOf(ticket);
        if (index >= 0) this.#waiting.splice(index, 1);
      };
      const onAbort = () => {
        settle();
        reject(ticket.abort.signal.reason);
        this.#step();
      };
      const remainingMs = ticket.remainingMs(this.#surroundings.elapsed());
      const stopClock = this.#surroundings.after(remainingMs, () => {
        settle();
        late().then(reject, reject);
        this.#step();
      });
      ticket.go = () => {
        settle();
        resolve();
      };
      ticket.abort.signal.addEventListener('abort', onAbort);
      this.#enqueue(ticket);
    });
  }

  /** The back end granted it: it holds the lane until it leaves. */
  hold(ticket: Ticket): void {
    this.#beginning = undefined;
    this.#holding = ticket;
    this.#step();
  }

  /** It ended, was lost or was refused: the next one may begin. */
  leave(ticket: Ticket): void {
    if (this.#beginning === ticket) this.#beginning = undefined;
    if (this.#holding === ticket) this.#holding = undefined;
    this.#step();
  }

  /** Ends every wait with this error. */
  refuseAll(error: unknown): void {
    for (const ticket of [...this.#waiting]) ticket.abort.abort(error);
    this.#beginning?.abort.abort(error);
  }

  #enqueue(ticket: Ticket): void {
    const behind = this.#waiting.findIndex((each) => ticket.isBefore(each));
    this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, ticket);
    if (this.#beginning && ticket.isBefore(this.#beginning)) this.#beginning.sendBack();
    this.#step();
  }

  #step(): void {
    const [head] = this.#waiting;
    if (this.#beginning || !head || (this.#holding && !head.interrupts)) return;
    this.#beginning = head;
    head.go();
  }
}
