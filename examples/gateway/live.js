/**
 * What a page that looks on is told: a chat as a whole whenever something changed in it, and the
 * words of an answer as they come. Nothing is kept for a page that reads slowly: each look compares
 * what is there with what this page was sent.
 */

/**
 * @param {import('./gateway.js').Gateway} gateway
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<{ event: string, data: object }>}
 */
export async function* liveEvents({ chats, bell, agent }, signal) {
  yield { event: 'gateway', data: { agent: agent.words, pid: process.pid } };
  /** @type {Map<string, { view: object, id: string | undefined, length: number }>} */
  const sent = new Map();
  while (!signal.aborted) {
    const rung = bell.next();
    for (const [name, chat] of chats) {
      if (sent.get(name)?.view !== chat.view) {
        const { view } = chat;
        const { id, text = '' } = view.running ?? {};
        sent.set(name, { view, id, length: text.length });
        yield { event: 'chat', data: view };
      }
      const known = sent.get(name);
      const { id, text = '' } = chat.running ?? {};
      if (known === undefined || known.id !== id || text.length <= known.length) continue;
      const at = known.length;
      known.length = text.length;
      yield { event: 'words', data: { chat: name, id, at, text: text.slice(at) } };
    }
    await rungOrAborted(rung, signal);
  }
}

/** @param {Promise<void>} rung @param {AbortSignal} signal @returns {Promise<void>} */
function rungOrAborted(rung, signal) {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    if (signal.aborted) return end();
    signal.addEventListener('abort', end);
    rung.then(end);
  });
}
