/**
 * Messages that the gateway has not acknowledged. Each has an id from here on, so it can be sent until
 * somebody says yes, and is in the transcript once. They stay with the tab when it is loaded again.
 */
export class Outbox {
  /** @type {Map<string, string>} */
  #messages;
  #keptAs;
  #send;
  #sending = false;

  /**
   * @param {string} chat
   * @param {(id: string, text: string) => Promise<string | undefined>} send resolves to what was wrong
   */
  constructor(chat, send) {
    this.#keptAs = `holdfast-gateway-outbox-${chat}`;
    this.#messages = new Map(JSON.parse(sessionStorage.getItem(this.#keptAs) ?? '[]'));
    this.#send = send;
  }

  /** Messages on their way. @returns {[id: string, text: string][]} */
  get waiting() {
    return [...this.#messages];
  }

  /** @param {string} text */
  add(text) {
    this.#messages.set(crypto.randomUUID(), text);
    this.#keep();
  }

  /** The gateway has this one. @param {string} id */
  take(id) {
    if (this.#messages.delete(id)) this.#keep();
  }

  /**
   * Sends what waits, in order, one after the other; stops where nobody answers.
   * @param {(refused: string, text: string) => void} onRefused told why, and what was written
   */
  async flush(onRefused) {
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
        const refused = await this.#send(...next);
        this.take(next[0]);
        if (refused !== undefined) onRefused(refused, next[1]);
      }
    } catch (error) {
      // Nobody answered: it is sent again when the gateway is back.
      if (!(error instanceof TypeError)) throw error;
    } finally {
      this.#sending = false;
    }
  }

  #keep() {
    sessionStorage.setItem(this.#keptAs, JSON.stringify(this.waiting));
  }
}
