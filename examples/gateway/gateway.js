/** The gateway without its server: two web chats over one store, kept current whoever changes them. */
import { openStore, sessionKey } from 'holdfast';
import { Bell } from './bell.js';
import { Chat } from './chat.js';

const NAMES = ['Left', 'Right'];

export class Gateway {
  bell = new Bell();
  /** @type {Map<string, Chat>} */
  chats = new Map();
  store;
  agent;
  #closing = new AbortController();
  /** Settles when nothing is watched any more: at the end, or when watching failed. @type {Promise<void>} */
  watching = Promise.resolve();

  /** @param {import('holdfast').Store} store @param {import('./agents.js').Agent} agent */
  constructor(store, agent) {
    this.store = store;
    this.agent = agent;
    for (const title of NAMES) {
      const name = title.toLowerCase();
      const key = sessionKey({ channel: 'web', peer: name, scope: 'per-channel-peer' });
      const parts = { store, agent, bell: this.bell, closing: this.closing };
      this.chats.set(name, new Chat({ name, title, key }, parts));
    }
  }

  /** Aborted when the gateway ends. */
  get closing() {
    return this.#closing.signal;
  }

  /** @param {string} location of the store @param {import('./agents.js').Agent} agent */
  static async open(location, agent) {
    const gateway = new Gateway(await openStore(location), agent);
    gateway.watching = gateway.#watch();
    await Promise.all([...gateway.chats.values()].map((chat) => chat.open()));
    return gateway;
  }

  /**
   * Answers that are being given are broken off; their messages are answered at the next start.
   * Resolves when the store is closed.
   */
  async close() {
    this.#closing.abort();
    this.bell.ring();
    await Promise.all([...this.chats.values()].map((chat) => chat.idle()));
    await this.watching;
    await this.store.close();
  }

  /** The inspector, the command line and other gateways change sessions, too. */
  async #watch() {
    const chats = new Map([...this.chats.values()].map((chat) => [chat.view.key, chat]));
    for await (const { key } of this.store.watch({ signal: this.closing })) {
      void chats.get(key)?.refresh();
    }
  }
}
