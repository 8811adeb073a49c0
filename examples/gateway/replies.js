/**
 * The turns in which a chat's messages are answered. A message
 *
 *     waits     in the lane of its session, behind those that were accepted before it
 *     begins    when its turn does: its words come one by one
 *     is done   when its answer is in the transcript; a stopped or a failed answer is one, too
 *
 * Nothing but the transcript says how far a message is. A process that was killed leaves messages
 * without an answer, and the next one finds them there.
 */
import { isHoldfastError } from 'holdfast';
import { exchangesOf, LOOK_BACK, messagesUpTo } from './exchanges.js';
import { answerRecord, cutOffRecord } from './records.js';

/** A message waits for its turn however long those before it take. */
const TURN_WAIT_MS = 24 * 3_600_000;

/** @typedef {{ id: string, text: string, instead: string | undefined }} Words of the running answer, so far */

export class Replies {
  /** The answer that this process is giving. @type {Words | undefined} */
  running;
  /** Why the last turn could not be had, in words; empty when it could. */
  trouble = '';
  /** Messages that have a turn, or wait for one, in this process: in order. @type {Set<string>} */
  queued = new Set();
  /** @type {Set<Promise<void>>} */
  #turns = new Set();
  #session;
  #parts;

  /**
   * @param {import('holdfast').Session} session
   * @param {{ agent: import('./agents.js').Agent, closing: AbortSignal,
   *   onWord: () => void, onChange: () => Promise<void> }} parts
   */
  constructor(session, parts) {
    this.#session = session;
    this.#parts = parts;
  }

  /** Lets a message wait for its turn; `again`: also when its answer failed or was stopped. @param {string} id */
  take(id, again = false) {
    const { closing, onChange } = this.#parts;
    this.queued.add(id);
    const turn = this.#session
      .turn((turn) => this.#reply(turn, id, again), {
        whenBusy: 'wait',
        label: 'reply',
        waitMs: TURN_WAIT_MS,
        signal: closing,
      })
      .then(
        () => this.#tell(''),
        (error) => this.#tell(isTakenAway(error) ? '' : error.message),
      )
      .finally(() => {
        this.queued.delete(id);
        this.#turns.delete(turn);
        return onChange();
      });
    this.#turns.add(turn);
    void onChange();
  }

  /** Resolves when no turn of this process runs or waits any more. */
  async idle() {
    await Promise.all(this.#turns);
  }

  /** The conversation as it is now. */
  exchanges() {
    return exchangesOf(this.#session.transcript({ last: LOOK_BACK }));
  }

  /**
   * Answers one message. Only one turn of the session runs, in all processes, so whether the message
   * still needs an answer is known for certain here.
   * @param {import('holdfast').Turn} turn @param {string} id @param {boolean} again
   */
  async #reply(turn, id, again) {
    const { closing, onChange } = this.#parts;
    const exchanges = await this.exchanges();
    const asked = exchanges.find((exchange) => exchange.id === id);
    // It went into the archive with its conversation, or another process has answered it.
    if (asked === undefined) return;
    if (asked.answer !== undefined && !(again && asked.answer.stopReason !== 'stop')) return;
    if (turn.previous !== undefined) await turn.append(cutOffRecord(id, turn.previous));
    const words = { id, text: '', instead: asked.answer?.id };
    this.running = words;
    void onChange();
    try {
      const outcome = await this.#speak(words, messagesUpTo(exchanges, id), turn.signal);
      // Without an answer in the transcript the next process gives it.
      if (!closing.aborted) await this.#finish(turn, words, outcome);
    } finally {
      this.queued.delete(id);
      await onChange();
      this.running = undefined;
    }
  }

  /** @param {Words} words @param {import('./agents.js').Message[]} messages @param {AbortSignal} signal */
  async #speak(words, messages, signal) {
    const { agent, onWord } = this.#parts;
    let usage;
    try {
      for await (const part of agent.answer(messages, signal)) {
        usage = part.usage ?? usage;
        words.text += part.text ?? '';
        onWord();
      }
    } catch (error) {
      if (signal.aborted) return { stopReason: /** @type {const} */ ('aborted') };
      const { message } = /** @type {Error} */ (error);
      return { stopReason: /** @type {const} */ ('error'), errorMessage: message };
    }
    return { stopReason: /** @type {const} */ ('stop'), usage };
  }

  /**
   * @param {import('holdfast').Turn} turn @param {Words} words
   * @param {Pick<import('./records.js').Answer, 'stopReason' | 'errorMessage' | 'usage'>} outcome
   */
  async #finish(turn, { id, text }, outcome) {
    const { provider, model } = this.#parts.agent;
    await turn.append(answerRecord(id, { ...outcome, text, provider, model }));
    const { input = 0, output = 0 } = outcome.usage ?? {};
    await turn.update((entry) => ({
      ...{ model, modelProvider: provider, lastChannel: 'web' },
      turns: (entry.turns ?? 0) + 1,
      inputTokens: (entry.inputTokens ?? 0) + input,
      outputTokens: (entry.outputTokens ?? 0) + output,
    }));
  }

  /** @param {string} trouble */
  #tell(trouble) {
    if (!this.#parts.closing.aborted) this.trouble = trouble;
  }
}

/** A turn that was taken away by a reset, a restore or a newcomer: nothing went wrong. @param {unknown} error */
function isTakenAway(error) {
  return isHoldfastError(error) && error.code === 'TURN_LOST';
}
