/** The records of a transcript that the gateway writes, in the form in which pi and OpenClaw write theirs. */

/**
 * What a person said. It has nothing that would differ when the page sends it again, so that the same
 * id is the same record.
 * @param {string} text
 * @returns {import('holdfast').NewRecord}
 */
export function userRecord(text) {
  return { type: 'message', message: { role: 'user', content: text } };
}

/**
 * @typedef {object} Answer
 * @property {string} text as far as it came
 * @property {'stop' | 'aborted' | 'error'} stopReason
 * @property {string} [errorMessage]
 * @property {string} model
 * @property {string} provider
 * @property {import('./agents.js').Usage} [usage]
 */

/**
 * What the agent said. `answers` names the message: a second message may have come before it.
 * @param {string} answers id of the message
 * @param {Answer} answer
 * @returns {import('holdfast').NewRecord}
 */
export function answerRecord(answers, { text, stopReason, errorMessage, model, provider, usage }) {
  const { input = 0, output = 0 } = usage ?? {};
  return {
    type: 'message',
    answers,
    message: {
      role: 'assistant',
      content: [{ type: 'text', text }],
      ...{ api: 'openai-completions', provider, model },
      usage: { input, output, cacheRead: 0, cacheWrite: 0, totalTokens: input + output },
      stopReason,
      ...(errorMessage !== undefined && { errorMessage }),
      timestamp: Date.now(),
    },
  };
}

/**
 * A turn before this one was cut off: said once, by the next turn, which is told of it.
 * @param {string} answers id of the message that is answered now
 * @param {import('holdfast').FormerTurn} former
 * @returns {import('holdfast').NewRecord}
 */
export function cutOffRecord(answers, { ended, fence, holder, startedAt }) {
  const { host, pid } = holder;
  return {
    type: 'custom',
    customType: 'cut-off',
    data: { answers, ended, fence, host, pid, startedAt },
  };
}
