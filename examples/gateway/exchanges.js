/**
 * A conversation as messages with their answers. In the transcript a second message may stand before
 * the answer to the first one: it was accepted while the agent still spoke.
 */

/**
 * @typedef {object} Exchange
 * @property {string} id of the message
 * @property {string} text
 * @property {string} at ISO 8601
 * @property {Said} [answer] the last one
 * @property {{ pid: number, host: string, startedAt: number }[]} cutOff turns for it that were cut off
 */

/**
 * @typedef {object} Said
 * @property {string} id
 * @property {string} text
 * @property {string} at
 * @property {string} stopReason
 * @property {string} [errorMessage]
 * @property {string} [model]
 */

/**
 * How far back a conversation is looked at, in records. A message is never left behind this: at most
 * {@link WAITING_MAX} wait at a time, and each brings an answer, and now and then a word on a turn.
 */
export const LOOK_BACK = 600;

/** Messages of one chat that may wait; the next one is refused. */
export const WAITING_MAX = 100;

/**
 * @param {AsyncIterable<import('holdfast').TranscriptRecord>} records
 * @returns {Promise<Exchange[]>} in the order of the messages
 */
export async function exchangesOf(records) {
  /** @type {Map<string, Exchange>} */
  const exchanges = new Map();
  for await (const record of records) {
    const { message } = record;
    if (record.type === 'custom' && record.customType === 'cut-off') {
      exchanges.get(record.data.answers)?.cutOff.push(record.data);
    } else if (record.type === 'message' && message?.role === 'user') {
      const { id, timestamp } = record;
      exchanges.set(id, { id, text: textOf(message.content), at: timestamp, cutOff: [] });
    } else if (record.type === 'message' && message?.role === 'assistant') {
      const exchange = exchanges.get(record.answers) ?? [...exchanges.values()].at(-1);
      if (exchange !== undefined) exchange.answer = said(record);
    }
  }
  return [...exchanges.values()];
}

/**
 * What a model is sent: everything that was answered before a message, then the message.
 * @param {Exchange[]} exchanges
 * @param {string} id
 * @returns {import('./agents.js').Message[]}
 */
export function messagesUpTo(exchanges, id) {
  const at = exchanges.findIndex((exchange) => exchange.id === id);
  /** @type {import('./agents.js').Message[]} */
  const messages = [];
  for (const { text, answer } of exchanges.slice(0, at)) {
    if (!answer?.text) continue;
    messages.push({ role: 'user', content: text }, { role: 'assistant', content: answer.text });
  }
  messages.push({ role: 'user', content: exchanges[at]?.text ?? '' });
  return messages;
}

/** @param {import('holdfast').TranscriptRecord} record @returns {Said} */
function said({ id, timestamp, message }) {
  const { stopReason = 'stop', errorMessage, model } = message;
  return { id, text: textOf(message.content), at: timestamp, stopReason, errorMessage, model };
}

/** @param {unknown} content text, or blocks of which some are text */
function textOf(content) {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((block) => (block?.type === 'text' ? block.text : '')).join('');
}
