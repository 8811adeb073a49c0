/** One web chat: a session, and what people do with it. */
import { viewOf } from './chat-view.js';
import { WAITING_MAX } from './exchanges.js';
import { FreshLook } from './fresh-look.js';
import { userRecord } from './records.js';
import { Replies } from './replies.js';

export class Chat {
  /** What the page shows; a new object whenever something changed. @type {import('./chat-view.js').ChatView} */
  view;
  #store;
  #session;
  #replies;
  #bell;
  #fresh = new FreshLook(() => this.#look());

  /**
   * @param {{ name: string, title: string, key: string }} channel
   * @param {{ store: import('holdfast').Store, agent: import('./agents.js').Agent,
   *   bell: import('./bell.js').Bell, closing: AbortSignal }} parts
   */
  constructor(channel, { store, agent, bell, closing }) {
    this.#store = store;
    this.#session = store.session(channel.key);
    this.#bell = bell;
    const onWord = () => bell.ring();
    this.#replies = new Replies(this.#session, {
      ...{ agent, closing, onWord },
      onChange: () => this.refresh(),
    });
    this.view = viewOf(channel);
  }

  /** The answer that is being given, as far as it came. */
  get running() {
    return this.#replies.running;
  }

  /** Makes the session when there is none, and answers what a former process left without an answer. */
  async open() {
    const { title } = this.view;
    await this.#session.update({ label: `${title} web chat`, lastChannel: 'web' });
    await this.#answerWhatWaits();
    await this.refresh();
  }

  /**
   * Resolves once the message can not be lost any more; to `false` when too many wait. The id is the
   * page's own: a message that it sends again, because it heard no answer, is there once.
   * @param {string} id @param {string} text
   */
  async accept(id, text) {
    const { queued } = this.#replies;
    const known = queued.has(id);
    if (!known && queued.size >= WAITING_MAX) return false;
    queued.add(id);
    try {
      await this.#session.append(userRecord(text), { id });
    } catch (error) {
      if (!known) queued.delete(id);
      throw error;
    }
    if (!known) this.#replies.take(id);
    return true;
  }

  /** Answers a message once more whose answer failed, was stopped or never came. @param {string} id */
  async again(id) {
    if (!this.#replies.queued.has(id)) this.#replies.take(id, true);
    await this.refresh();
  }

  /** Stops the running turn, in whichever process, unless another one runs by now. @param {number} fence */
  async stop(fence) {
    const state = await this.#session.read();
    if (state?.turn?.fence !== fence) return false;
    return await this.#session.interrupt({ reason: 'somebody pressed Stop' });
  }

  /** Archives the conversation; messages that wait go with it. */
  async reset() {
    await this.#session.reset({ reason: 'new', keep: ['label', 'lastChannel', 'model'] });
    await this.refresh();
  }

  /** Brings a former conversation back, and goes on where it was left. @param {string} sessionId */
  async restore(sessionId) {
    await this.#session.restore(sessionId);
    await this.#answerWhatWaits();
    await this.refresh();
  }

  /** Makes {@link view} anew. Never rejects: what went wrong is shown. */
  refresh() {
    return this.#fresh.ask();
  }

  /** Resolves when this process answers nothing any more. */
  async idle() {
    await this.#replies.idle();
  }

  async #answerWhatWaits() {
    for (const { id, answer } of await this.#replies.exchanges()) {
      if (answer === undefined && !this.#replies.queued.has(id)) this.#replies.take(id);
    }
  }

  async #look() {
    const { name, title, key } = this.view;
    const replies = this.#replies;
    try {
      const [state, exchanges, archives] = await Promise.all([
        this.#session.read(),
        replies.exchanges(),
        this.#session.archives(),
      ]);
      const view = viewOf({
        ...{ name, title, key, state, exchanges, archives },
        lane: this.#store.lanes().find((lane) => lane.key === key),
        instance: this.#store.instance,
        trouble: replies.trouble,
        queued: [...replies.queued],
        running: replies.running,
      });
      // Most changes are told twice: by who made them, and by the watch.
      if (JSON.stringify(view) !== JSON.stringify(this.view)) this.view = view;
    } catch (error) {
      this.view = { ...this.view, trouble: /** @type {Error} */ (error).message };
    }
    this.#bell.ring();
  }
}
