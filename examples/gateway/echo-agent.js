import { setTimeout as pause } from 'node:timers/promises';

/** Nobody needs to hear more, and an answer has to fit into a record. */
const COUNT_MAX = 5_000;

/**
 * Answers without a model, word by word: it repeats what it was told, and `count to 200` gives an
 * answer that takes its time.
 * @param {number} paceMs before each word
 * @returns {import('./agents.js').Agent}
 */
export function echoAgent(paceMs) {
  return {
    provider: 'built-in',
    model: 'echo',
    words: 'the built-in echo: it needs no model',
    async *answer(messages, signal) {
      const asked = messages.at(-1)?.content ?? '';
      const words = answerTo(asked, messages.length);
      for (const [n, word] of words.entries()) {
        await pause(paceMs, undefined, { signal });
        yield { text: n === 0 ? word : ` ${word}` };
      }
      yield { usage: { input: asked.split(/\s+/).length, output: words.length } };
    },
  };
}

/** @param {string} asked @param {number} messages of the conversation so far, with this one */
function answerTo(asked, messages) {
  const count = Number(/\bcount to (\d{1,6})\b/i.exec(asked)?.[1] ?? 0);
  if (count > 0) return Array.from({ length: Math.min(count, COUNT_MAX) }, (_, n) => `${n + 1}`);
  const before = (messages - 1) / 2;
  const memory = before === 0 ? 'nothing' : before === 1 ? 'one message' : `${before} messages`;
  return `I heard “${asked}” and ${memory} before it.`.split(/\s+/);
}
