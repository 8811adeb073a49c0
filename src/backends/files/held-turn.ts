import type { TurnAsk } from '../../contract/backend.ts';
import type { System } from '../../system/system.ts';
import type { LogState } from './log-state.ts';

/**
 * A turn that this store holds.
 *
 *     held --asked to stop--> held, its owner told once
 *     held --end--> over
 *     held --overtaken, reset, removed, closed--> over, its owner told once
 */
export class HeldTurn {
  readonly fence: number;
  readonly sessionId: string;
  readonly #system: System;
  readonly #ask: TurnAsk;
  #fd: number;
  #told = false;

  constructor(system: System, ask: TurnAsk, fence: number, sessionId: string, fd: number) {
    this.#system = system;
    this.#ask = ask;
    this.fence = fence;
    this.sessionId = sessionId;
    this.#fd = fd;
  }

  /** Whether the log still counts this turn as the one that may write. */
  counts(state: LogState | undefined): boolean {
    return state?.turn?.fence === this.fence && state.sessionId === this.sessionId;
  }

  interrupt(reason: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#ask.onInterrupt(reason);
  }

  lose(reason: string): void {
    if (this.#fd < 0) return;
    this.drop();
    this.#ask.onLost(reason);
  }

  /** Frees the kernel's lock. */
  drop(): void {
    if (this.#fd < 0) return;
    const fd = this.#fd;
    this.#fd = -1;
    this.#system.fs.closeSync(fd);
  }
}
