/** One chat of the page: what was said, who runs, who waits, and what can be done about it. */
import { archiveRows } from './archive-list.js';
import { composer, suggestions } from './composer.js';
import { button, element, setChildren, setText, toggle } from './elements.js';
import { ExchangeRow } from './exchange-row.js';
import { Outbox } from './outbox.js';
import { factsText, statusOf } from './status-text.js';

/** Pixels from the end within which a reader counts as being there. */
const AT_END_MAX = 60;

const UNKNOWN = { state: 'unknown', words: 'what runs is not known' };

export class ChatPanel {
  element;
  #name;
  #connection;
  #outbox;
  /** @type {any} */
  #view;
  /** @type {Map<string, ExchangeRow>} */
  #rows = new Map();
  #parts;
  #composer;
  #refused = '';
  #live = true;
  /** The archives that are drawn. */
  #archives = '';

  /** @param {any} view of the gateway @param {import('./connection.js').Connection} connection */
  constructor(view, connection) {
    this.#view = view;
    this.#name = view.name;
    this.#connection = connection;
    this.#outbox = new Outbox(view.name, (id, text) =>
      connection.ask(view.name, 'messages', { id, text }),
    );
    const send = (/** @type {string} */ text) => this.#send(text);
    const empty = suggestions(send);
    this.#parts = {
      status: element('p', { class: 'status', 'data-testid': 'status', role: 'status' }),
      trouble: element('p', { class: 'error', 'data-testid': 'trouble', hidden: true }),
      list: element('ol', { class: 'exchanges' }),
      empty,
      talk: element('div', { class: 'talk', tabindex: '0', 'aria-label': `${view.title} chat` }),
      facts: element('p', { class: 'facts', 'data-testid': 'facts' }),
      archives: element('ul', { class: 'archives' }),
      count: element('summary', { 'data-testid': 'archive-count' }),
      former: element('details', { hidden: true }),
      stop: button('Stop', { 'data-testid': 'stop' }, () => this.#act('stop', this.#fence())),
      reset: button('Reset', { 'data-testid': 'reset' }, () => this.#act('reset', {})),
    };
    this.#parts.talk.append(this.#parts.list, empty);
    this.#parts.former.append(this.#parts.count, this.#parts.archives);
    this.#composer = composer(view.title, send);
    this.element = this.#frame(view);
    this.show(view);
  }

  /** @param {any} view */
  #frame({ name, title, key }) {
    const { status, trouble, talk, facts, former, stop, reset } = this.#parts;
    const heading = `${name}-title`;
    return element(
      'section',
      { class: 'chat', 'data-testid': `chat-${name}`, 'aria-labelledby': heading },
      element(
        'header',
        {},
        element('h2', { id: heading }, title),
        element('code', { class: 'key' }, key),
        element('div', { class: 'actions' }, stop, reset),
        status,
      ),
      talk,
      trouble,
      this.#composer.element,
      element('footer', {}, facts, former),
    );
  }

  /** Shows what the gateway says of this chat. @param {any} view */
  show(view) {
    this.#view = view;
    for (const { id } of view.exchanges) this.#outbox.take(id);
    this.#draw();
  }

  /** Shows the next words of an answer. @param {{ id: string, at: number, text: string }} words */
  hear({ id, at, text }) {
    this.#keepingTheEnd(() => this.#rows.get(id)?.hear(at, text));
  }

  /** Sends what nobody has acknowledged yet. */
  async flush() {
    await this.#outbox.flush((refused, text) => {
      this.#refused = refused;
      this.#composer.giveBack(text);
    });
    this.#draw();
  }

  /** The line to the gateway was found or lost: what runs is known only while it is there. @param {boolean} live */
  setLive(live) {
    this.#live = live;
    this.element.dataset.live = String(live);
    this.tick();
    if (live) void this.flush();
  }

  /** Shows how long the running turn has taken by now. */
  tick() {
    const { words, state } = this.#live ? statusOf(this.#view, Date.now()) : UNKNOWN;
    const { status } = this.#parts;
    setText(status, words);
    status.dataset.state = state;
  }

  /** @param {string} text */
  #send(text) {
    this.#refused = '';
    this.#outbox.add(text);
    this.#draw();
    this.#toEnd();
    void this.flush();
  }

  /** @param {string} verb @param {object} body */
  async #act(verb, body) {
    try {
      this.#refused = (await this.#connection.ask(this.#name, verb, body)) ?? '';
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#refused = 'The gateway did not answer. Look whether it was done, and try again.';
    }
    this.#draw();
  }

  #fence() {
    return { fence: this.#view.turn?.fence };
  }

  #draw() {
    const { list, empty, facts, stop, trouble } = this.#parts;
    const sending = this.#outbox.waiting.map(([id, text]) => {
      return { id, text, progress: 'sending', place: 0, cutOff: [] };
    });
    const exchanges = [...this.#view.exchanges, ...sending];
    this.#keepingTheEnd(() => setChildren(list, this.#drawn(exchanges)));
    toggle(empty, 'hidden', exchanges.length > 0);
    toggle(stop, 'disabled', !this.#view.turn || this.#view.turn.cutOff);
    setText(facts, factsText(this.#view));
    const words = this.#refused || this.#view.trouble;
    setText(trouble, words);
    toggle(trouble, 'hidden', words === '');
    this.#drawArchives();
    this.tick();
  }

  #drawArchives() {
    const { archives, count, former } = this.#parts;
    const there = this.#view.archives;
    const seen = JSON.stringify(there);
    if (seen === this.#archives) return;
    this.#archives = seen;
    toggle(former, 'hidden', there.length === 0);
    setText(count, there.length === 1 ? '1 archive' : `${there.length} archives`);
    const rows = archiveRows(there, (sessionId) => this.#act('restore', { sessionId }));
    archives.replaceChildren(...rows);
  }

  /** @param {any[]} exchanges */
  #drawn(exchanges) {
    const before = this.#rows;
    this.#rows = new Map();
    for (const exchange of exchanges) {
      const row = before.get(exchange.id) ?? new ExchangeRow((id) => this.#act('again', { id }));
      const { running } = this.#view;
      row.draw(exchange, running?.id === exchange.id ? running.text : '');
      this.#rows.set(exchange.id, row);
    }
    return [...this.#rows.values()].map((row) => row.element);
  }

  /** Who reads the end goes on reading it; who looks further up is left there. @param {() => void} change */
  #keepingTheEnd(change) {
    const { talk } = this.#parts;
    const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < AT_END_MAX;
    change();
    if (atEnd) this.#toEnd();
  }

  #toEnd() {
    this.#parts.talk.scrollTop = this.#parts.talk.scrollHeight;
  }
}
