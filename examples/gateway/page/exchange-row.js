import { button, element } from './elements.js';

/**
 * A message with what became of it, as a row that is drawn again only when it has changed.
 */
export class ExchangeRow {
  element = element('li', { class: 'exchange', 'data-testid': 'exchange' });
  #drawn = '';
  /** Where the words go that come one by one. @type {Text | undefined} */
  #words;
  #onAgain;

  /** @param {(id: string) => Promise<void>} onAgain */
  constructor(onAgain) {
    this.#onAgain = onAgain;
  }

  /**
   * @param {any} exchange as the gateway sends it; progress `sending` is the page's own
   * @param {string} words of the running answer
   */
  draw(exchange, words) {
    const seen = JSON.stringify(exchange);
    if (seen !== this.#drawn) {
      this.#drawn = seen;
      this.element.dataset.id = exchange.id;
      this.element.dataset.progress = exchange.progress;
      this.element.replaceChildren(...this.#parts(exchange));
    }
    if (this.#words && this.#words.data !== words) this.#words.data = words;
  }

  /** Takes the next words, when they fit to those that are there. @param {number} at @param {string} text */
  hear(at, text) {
    if (this.#words?.data.length === at) this.#words.appendData(text);
  }

  /** @param {any} exchange @returns {Node[]} */
  #parts({ id, text, progress, place, answer, cutOff }) {
    this.#words = undefined;
    const parts = [element('p', { class: 'said', dir: 'auto', 'data-testid': 'said' }, text)];
    for (const { pid } of cutOff) {
      const words = `Process ${pid} ended in the middle of this answer. It was begun anew; nothing was lost.`;
      parts.push(element('p', { class: 'note', 'data-testid': 'cut-off' }, words));
    }
    if (progress === 'running') {
      this.#words = document.createTextNode('');
      const attributes = { class: 'answer speaking', dir: 'auto', 'data-testid': 'speaking' };
      parts.push(element('p', attributes, this.#words));
    } else if (progress === 'waiting') {
      const words = place === 1 ? 'waits, next in line' : `waits, ${place - 1} before it`;
      parts.push(element('p', { class: 'place', 'data-testid': 'place' }, words));
    } else if (progress === 'sending') {
      parts.push(element('p', { class: 'place' }, 'on its way'));
    } else if (progress === 'left') {
      parts.push(this.#aside('not answered yet', 'Answer now', id));
    } else {
      parts.push(...this.#answer(id, answer));
    }
    return parts;
  }

  /** @param {string} id @param {any} answer */
  #answer(id, { text, stopReason, errorMessage }) {
    const said = { class: 'answer', dir: 'auto', 'data-testid': 'answer' };
    const parts = text === '' ? [] : [element('p', said, text)];
    if (stopReason === 'aborted') parts.push(this.#aside('stopped', 'Answer again', id));
    if (stopReason === 'error') {
      parts.push(
        element('p', { class: 'error', 'data-testid': 'error' }, errorMessage ?? 'It failed.'),
      );
      parts.push(this.#aside('The message is kept.', 'Try again', id));
    }
    return parts;
  }

  /** @param {string} words @param {string} action @param {string} id */
  #aside(words, action, id) {
    const again = button(action, { class: 'quiet', 'data-testid': 'again' }, () =>
      this.#onAgain(id),
    );
    return element('p', { class: 'place' }, `${words} `, again);
  }
}
