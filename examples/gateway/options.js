import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the chats are kept unless somebody says otherwise; git does not look there. */
export const DIRECTORY = fileURLToPath(new URL('state', import.meta.url));
export const PORT = 4600;

/** The options of the gateway, for `parseArgs`. */
export const GATEWAY_OPTIONS = /** @type {const} */ ({
  port: { type: 'string', default: String(PORT) },
  open: { type: 'boolean', default: false },
  'no-open': { type: 'boolean', default: false },
});

export const GATEWAY_HELP = `  --port N       port on 127.0.0.1 (default: ${PORT}; when it is taken, any free one)
  --open         open the chats in the browser

A model: AGENT_URL (or OPENAI_BASE_URL) such as http://127.0.0.1:11434/v1, AGENT_MODEL, AGENT_KEY.
Without AGENT_URL an echo answers, AGENT_PACE_MS (default: 90) a word.`;

/**
 * @param {{ port: string, open: boolean, 'no-open': boolean }} values as parsed
 * @param {string | undefined} directory
 */
export function gatewayOptions(values, directory) {
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new Error('--port takes a number from 0 to 65535.');
  }
  const open = values.open && !values['no-open'];
  return { directory: resolve(directory ?? DIRECTORY), port, open };
}
