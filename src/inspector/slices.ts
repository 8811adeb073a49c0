import type { World } from './world.ts';

/** Milliseconds of work between two rounds of the event loop: others wait for no more than that. */
const SLICE_MS = 8;

/** Cuts long work over all rows so that the gateway beside it goes on. */
export class Slices {
  readonly #world: World;
  #until: number;
  #count = 0;

  constructor(world: World) {
    this.#world = world;
    this.#until = world.elapsed() + SLICE_MS;
  }

  /** Whether it is time to rest. Looks at the clock at every 32nd question only. */
  get due(): boolean {
    this.#count += 1;
    return this.#count % 32 === 0 && this.over;
  }

  /** As {@link due}, for steps that take a while themselves. */
  get over(): boolean {
    return this.#world.elapsed() > this.#until;
  }

  async rest(): Promise<void> {
    await this.#world.breathe();
    this.#until = this.#world.elapsed() + SLICE_MS;
  }
}
