/** Who answers: a model behind an endpoint that speaks the protocol of OpenAI, or an echo. */
import { echoAgent } from './echo-agent.js';
import { modelAgent } from './model-agent.js';

/** @typedef {{ role: 'user' | 'assistant', content: string }} Message */
/** @typedef {{ input: number, output: number }} Usage tokens, or words where nobody counts tokens */
/** @typedef {{ text?: string, usage?: Usage }} Part a piece of an answer */

/**
 * @typedef {object} Agent
 * @property {string} provider
 * @property {string} model
 * @property {string} words what it is, for people
 * @property {(messages: Message[], signal: AbortSignal) => AsyncIterable<Part>} answer
 *   throws when it fails, and soon after the signal is aborted
 */

/**
 * The agent that the environment asks for: `AGENT_URL` (or `OPENAI_BASE_URL`), `AGENT_KEY` (or
 * `OPENAI_API_KEY`) and `AGENT_MODEL`; without a URL the echo, which waits `AGENT_PACE_MS` before
 * each word.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Agent}
 */
export function agentOf(env) {
  const url = env.AGENT_URL || env.OPENAI_BASE_URL;
  if (!url) return echoAgent(paceOf(env.AGENT_PACE_MS));
  const model = env.AGENT_MODEL;
  if (!model) throw new Error(`AGENT_MODEL must name the model that ${url} is asked for.`);
  if (!/^https?:$/.test(new URL(url).protocol)) throw new Error('AGENT_URL must be http or https.');
  return modelAgent({ url, model, key: env.AGENT_KEY || env.OPENAI_API_KEY });
}

/** @param {string | undefined} text */
function paceOf(text) {
  if (!text) return 90;
  const ms = Number(text);
  if (!(ms >= 0 && ms <= 60_000)) throw new Error('AGENT_PACE_MS takes milliseconds, 0 to 60000.');
  return ms;
}
