/** Wakes everybody who waits for the next change. Whoever looks takes `next()` first, and misses nothing. */
export class Bell {
  /** @type {(() => void)[]} */
  #waiting = [];

  /** Resolves at the next ring. @returns {Promise<void>} */
  next() {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  ring() {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
