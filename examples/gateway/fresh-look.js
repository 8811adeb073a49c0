/**
 * Looks at something that changes, never twice at once. Who asks gets the end of a look that began
 * after the question, so that it has everything that was written before; many questions share one.
 */
export class FreshLook {
  #look;
  /** @type {Promise<void>} */
  #underWay = Promise.resolve();
  /** @type {Promise<void> | undefined} */
  #following;

  /** @param {() => Promise<void>} look must not reject */
  constructor(look) {
    this.#look = look;
  }

  /** @returns {Promise<void>} */
  ask() {
    this.#following ??= this.#underWay.then(() => {
      this.#underWay = this.#look();
      this.#following = undefined;
      return this.#underWay;
    });
    return this.#following;
  }
}
