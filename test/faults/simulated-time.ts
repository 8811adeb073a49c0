import type { Clock } from '../../src/system/clock.ts';
import type { Timers } from '../../src/system/timers.ts';

/** 2026-03-01 in UTC. */
const BEGINNING = Date.UTC(2026, 2, 1);

interface Pending {
  due: number;
  call: () => void;
}

/**
 * Time that passes only when something waits for it: a timer is due in the next round of the event
 * loop, and the clock then shows its hour. Repeated timers never fire.
 */
export class SimulatedTime implements Clock, Timers {
  #elapsed = 0;
  #offset = BEGINNING;
  #pending = new Set<Pending>();
  #pumping = false;

  now(): number {
    return this.#offset + Math.floor(this.#elapsed);
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /** Lets time pass without anybody waiting for it. */
  advance(ms: number): void {
    this.#elapsed += ms;
  }

  /** Sets the clock of the wall, back or forward; durations do not notice. */
  step(ms: number): void {
    this.#offset += ms;
  }

  after(ms: number, call: () => void): () => void {
    const pending = { due: this.#elapsed + ms, call };
    this.#pending.add(pending);
    this.#pump();
    return () => this.#pending.delete(pending);
  }

  every(): () => void {
    return () => undefined;
  }

  soon(call: () => void): void {
    setImmediate(call);
  }

  #pump(): void {
    if (this.#pumping || this.#pending.size === 0) return;
    this.#pumping = true;
    setImmediate(() => {
      this.#pumping = false;
      const next = [...this.#pending].sort((a, b) => a.due - b.due)[0];
      if (next) {
        this.#pending.delete(next);
        this.#elapsed = Math.max(this.#elapsed, next.due);
        next.call();
      }
      this.#pump();
    });
  }
}
