/**
 * Milliseconds of each call, in memory that was touched before the measurement begins, so that
 * writing one down costs a store and nothing else.
 */
export class CallLog {
  #ms;
  #count = 0;

  /** Room for `perMs` calls a millisecond; what goes beyond is counted and not kept. */
  constructor(durationMs, perMs = 700) {
    this.#ms = new Float32Array(Math.ceil(durationMs * perMs)).fill(1);
  }

  add(ms) {
    this.#ms[this.#count] = ms;
    this.#count += 1;
  }

  get count() {
    return this.#count;
  }

  clear() {
    this.#count = 0;
  }

  sorted() {
    return this.#ms.slice(0, Math.min(this.#count, this.#ms.length)).sort();
  }
}
