/** A model behind `POST <url>/chat/completions`, streamed. */
import { sseEvents } from './page/sse-events.js';

/** Milliseconds without a byte after which an endpoint counts as silent; models think for a while. */
const SILENCE_MS_MAX = 180_000;
const SHOWN_MAX = 300;

/**
 * @param {{ url: string, model: string, key: string | undefined }} endpoint
 * @returns {import('./agents.js').Agent}
 */
export function modelAgent({ url, model, key }) {
  const target = `${url.replace(/\/+$/, '')}/chat/completions`;
  const { host } = new URL(target);
  return {
    provider: host,
    model,
    words: `${model} at ${host}`,
    async *answer(messages, signal) {
      const silence = new AbortController();
      const timer = setTimeout(() => silence.abort(new Error('it was silent')), SILENCE_MS_MAX);
      try {
        const response = await fetch(target, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            ...(key && { authorization: `Bearer ${key}` }),
          },
          body: JSON.stringify({
            ...{ model, messages, stream: true },
            stream_options: { include_usage: true },
          }),
          signal: AbortSignal.any([signal, silence.signal]),
        });
        if (!response.ok || response.body === null) throw new Error(await refusalOf(response));
        yield* partsOf(response.body, () => timer.refresh());
      } catch (error) {
        signal.throwIfAborted();
        throw new Error(`${host}: ${wordsOf(error)}`, { cause: error });
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/**
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @param {() => void} heard called at every event
 * @returns {AsyncGenerator<import('./agents.js').Part>}
 */
async function* partsOf(body, heard) {
  let finished = false;
  for await (const { data } of sseEvents(body)) {
    heard();
    if (data === '[DONE]') return;
    const { choices, usage, error } = JSON.parse(data);
    if (error) throw new Error(error.message ?? 'it failed in the middle of its answer');
    const [choice] = choices ?? [];
    if (choice?.delta?.content) yield { text: choice.delta.content };
    if (choice?.finish_reason) finished = true;
    if (usage) yield { usage: { input: usage.prompt_tokens, output: usage.completion_tokens } };
  }
  // Some endpoints never say [DONE]; one that says neither was cut off.
  if (!finished) throw new Error('its answer broke off');
}

/** @param {Response} response */
async function refusalOf(response) {
  const text = await response.text();
  let message = text;
  try {
    message = JSON.parse(text).error?.message ?? text;
  } catch {
    message = text.replace(/\s+/g, ' ');
  }
  return `status ${response.status} ${message}`.slice(0, SHOWN_MAX);
}

/** @param {unknown} error `fetch` says in the cause what it means. */
function wordsOf(error) {
  const { message, cause } = /** @type {Error & { cause?: Error }} */ (error);
  return cause ? `${message} (${cause.message || /** @type {any} */ (cause).code})` : message;
}
