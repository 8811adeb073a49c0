import type { System } from '../../system/system.ts';
import { breathe } from '../../system/timers.ts';

/** Milliseconds of work between two rounds of the event loop. */
const SLICE_MS = 8;

/** Cuts long work so that nothing else of the process waits for it. */
export class Slices {
  readonly #system: System;
  #until: number;
  #count = 0;

  constructor(system: System) {
    this.#system = system;
    this.#until = system.clock.elapsed() + SLICE_MS;
  }

  /** Whether it is time to rest. Looks at the clock at every 16th question only. */
  get due(): boolean {
    this.#count += 1;
    return this.#count % 16 === 0 && this.#system.clock.elapsed() > this.#until;
  }

  /** As {@link due}, for steps that take a while themselves. */
  get over(): boolean {
    return this.#system.clock.elapsed() > this.#until;
  }

  async rest(): Promise<void> {
    await breathe(this.#system.timers);
    this.#until = this.#system.clock.elapsed() + SLICE_MS;
  }
}
