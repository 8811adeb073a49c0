import { busyWithTurn, turnText } from '../contract/busy-with-turn.ts';
import type { Lane as LaneReport } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import type { TurnState } from '../model/state.ts';
import { Lane } from './lane.ts';
import type { Surroundings } from './surroundings.ts';
import type { Ticket } from './ticket.ts';

/** The lanes of a store, one for each key that has a turn or waits for one in this process. */
export class Lanes {
  readonly #surroundings: Surroundings;
  readonly #laneMax: number;
  readonly #lanes = new Map<string, Lane>();
  /** Looks up who holds a session, for the message of a refusal. */
  readonly #holderOf: (key: string) => Promise<TurnState | undefined>;

  constructor(
    surroundings: Surroundings,
    laneMax: number,
    holderOf: (key: string) => Promise<TurnState | undefined>,
  ) {
    this.#surroundings = surroundings;
    this.#laneMax = laneMax;
    this.#holderOf = holderOf;
  }

  /** Resolves when the ticket may ask the back end for its turn. */
  async enter(key: string, ticket: Ticket): Promise<void> {
    let lane = this.#lanes.get(key);
    if (!lane) {
      lane = new Lane(this.#surroundings);
      this.#lanes.set(key, lane);
    }
    if (lane.beginAtOnce(ticket)) return;
    if (ticket.waitMs === 0) throw await this.#busy(key, 0);
    if (lane.waiting >= this.#laneMax) throw await this.#full(key, lane.waiting);
    await lane.wait(ticket, () => this.#busy(key, ticket.waitMs));
  }

  hold(key: string, ticket: Ticket): void {
    this.#lanes.get(key)?.hold(ticket);
  }

  leave(key: string, ticket: Ticket): void {
    const lane = this.#lanes.get(key);
    lane?.leave(ticket);
    if (!lane?.busy) this.#lanes.delete(key);
  }

  refuseAll(error: unknown): void {
    for (const lane of this.#lanes.values()) lane.refuseAll(error);
  }

  report(): LaneReport[] {
    return [...this.#lanes].map(([key, lane]) => ({
      key,
      running: lane.holding !== undefined,
      waiting: lane.waiting,
      oldestWaitMs: lane.oldestWaitMs,
    }));
  }

  async #full(key: string, waiting: number): Promise<HoldfastError> {
    const turn = await this.#holderOf(key);
    const holder = turn ? ` behind ${turnText(turn)}` : '';
    return new HoldfastError(
      'SESSION_BUSY',
      `${waiting} turns wait for session ${JSON.stringify(key)} in this process already${holder}, and laneMax is ${this.#laneMax}. Try again later.`,
      { key },
    );
  }

  async #busy(key: string, waitedMs: number): Promise<HoldfastError> {
    return busyWithTurn(key, await this.#holderOf(key), waitedMs);
  }
}
