/**
 * Bounds the descriptors that a store keeps open, however many sessions it has.
 *
 * Sessions that were not used since the last sweep of the hand are closed first (the clock
 * algorithm): using a session sets a mark, and nothing else is done on the commit path.
 */

import type { Timers } from '../../system/timers.ts';

/**
 * Larger: more of what the whole process may open. Smaller: a session whose files were closed costs
 * a dozen calls to the system where an open one costs five.
 */
const OPEN_FILES_MAX = 4_096;
const SHARE = 4;
const OPEN_FILES_MIN = 16;

/** How many descriptors a store keeps open in a process that may open `limit`. */
export function openFilesDefault(limit: number): number {
  return Math.max(OPEN_FILES_MIN, Math.min(OPEN_FILES_MAX, Math.floor(limit / SHARE)));
}

/** Something that holds descriptors open between uses. */
export interface Holding {
  /** Set at every use, cleared by the hand. */
  used: boolean;
  /** Descriptors held now. */
  readonly descriptors: number;
  /** Closes them unless work is going on. `false`: not now. */
  release(): boolean;
}

export class DescriptorPool {
  readonly #most: number;
  readonly #holdings = new Set<Holding>();
  #open = 0;
  #swept = false;

  constructor(most: number) {
    this.#most = most;
  }

  get open(): number {
    return this.#open;
  }

  /** Makes room for `count` more of `holding`, closing others when necessary, and counts them. */
  take(holding: Holding, count: number): void {
    this.#holdings.add(holding);
    this.#open += count;
    if (this.isOver) this.#sweep(holding);
  }

  /** More are open than may be: those who held them were at work when room was needed. */
  get isOver(): boolean {
    return this.#open > this.#most;
  }

  /** Closes what is too much, once those who are at work now have ended. */
  sweepLater(timers: Timers): void {
    if (this.#swept) return;
    this.#swept = true;
    timers.soon(() => {
      this.#swept = false;
      this.#sweep(undefined);
    });
  }

  #sweep(holding: Holding | undefined): void {
    // Two rounds: the first may only clear marks.
    for (let round = 0; round < 2 && this.#open > this.#most; round++) {
      for (const other of this.#holdings) {
        if (this.#open <= this.#most) return;
        if (other === holding) continue;
        if (other.used && round === 0) {
          other.used = false;
          continue;
        }
        const held = other.descriptors;
        if (!other.release()) continue;
        this.#holdings.delete(other);
        this.#open -= held;
      }
    }
  }

  /** Takes descriptors off the count that their holder has closed by itself. */
  gave(holding: Holding, count: number): void {
    this.#open -= count;
    if (holding.descriptors === 0) this.#holdings.delete(holding);
  }
}
