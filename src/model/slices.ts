/** Milliseconds of work between two rounds of the event loop. */
const SLICE_MS = 8;

/** What cutting work into slices needs of the world. */
export interface Pace {
  /** Milliseconds that only rise. */
  elapsed(): number;
  /** Lets everything else have its round of the event loop. */
  breathe(): Promise<void>;
}

/** Cuts long work so that nothing else of the process waits for it. */
export class Slices {
  readonly #pace: Pace;
  #until: number;
  #count = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#until = pace.elapsed() + SLICE_MS;
  }

  /** Whether it is time to rest. Looks at the clock at every 16th question only. */
  get due(): boolean {
    this.#count += 1;
    return this.#count % 16 === 0 && this.over;
  }

  /** As {@link due}, for steps that take a while themselves. */
  get over(): boolean {
    return this.#pace.elapsed() > this.#until;
  }

  async rest(): Promise<void> {
    await this.#pace.breathe();
    this.#until = this.#pace.elapsed() + SLICE_MS;
  }
}
