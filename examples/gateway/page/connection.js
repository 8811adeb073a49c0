/** The line to the gateway: what it tells, and what it is asked to do. A lost one is looked for again. */
import { sseEvents } from './sse-events.js';

const AGAIN_MS_MIN = 200;
const AGAIN_MS_MAX = 2_000;

export class Connection {
  #token;
  #headers;

  /** @param {string} token */
  constructor(token) {
    this.#token = token;
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** A link to the inspector, which has the same secret. */
  get inspector() {
    return `inspector/#token=${this.#token}`;
  }

  /**
   * Listens for as long as the page is open; ends only when the secret is refused.
   * @param {{ onEvent: (event: string, data: any) => void, onState: (state: 'live' | 'lost') => void }} told
   */
  async listen({ onEvent, onState }) {
    let againMs = AGAIN_MS_MIN;
    for (;;) {
      try {
        const response = await fetch('api/live', { headers: this.#headers });
        if (response.status === 401) return;
        if (response.ok && response.body) {
          onState('live');
          againMs = AGAIN_MS_MIN;
          for await (const { event, data } of sseEvents(response.body)) {
            onEvent(event, JSON.parse(data));
          }
        }
      } catch (error) {
        // A gateway that is killed ends the stream in this way; the next round finds the new one.
        if (!(error instanceof TypeError)) throw error;
      }
      onState('lost');
      await new Promise((resolve) => setTimeout(resolve, againMs));
      againMs = Math.min(AGAIN_MS_MAX, 2 * againMs);
    }
  }

  /**
   * Asks for something; resolves to what was wrong with it, or to nothing. Rejects with a `TypeError`
   * when nobody answered: it may or may not have been done.
   * @param {string} chat @param {string} verb @param {object} body
   * @returns {Promise<string | undefined>}
   */
  async ask(chat, verb, body) {
    const response = await fetch(`api/chats/${chat}/${verb}`, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    return response.ok ? undefined : answer.error.message;
  }
}
