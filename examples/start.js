/**
 * `npm start`: the promise on real input, for some seconds, and then a gateway to try it with, until
 * Ctrl-C. `--demo` is the first part alone.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GATEWAY_HELP, GATEWAY_OPTIONS, gatewayOptions } from './gateway/options.js';
import { runGateway } from './gateway/run-gateway.js';

const DEMO = fileURLToPath(new URL('promise/main.js', import.meta.url));
const HELP = `npm start -- [--demo] [--dir D] [--seconds N] [--store files|postgres]
             [--gateway-dir D] [--port N] [--open]

First three processes share one store for some seconds, one of them is killed, and a fresh one counts:
  --demo         end after that
  --dir D        put that store there; a new or an empty directory (default: a fresh one)
  --seconds N    how long the processes run, 2 to 40 (default: 20)
  --store S      files (default), or postgres: on a server that npm brought, started for this run

Then a gateway with two chats and the inspector, until Ctrl-C:
  --gateway-dir  keep its store there (default: examples/gateway/state)
${GATEWAY_HELP}`;

try {
  process.exitCode = await start();
} catch (error) {
  console.error(`${/** @type {Error} */ (error).message}\n\n${HELP}`);
  process.exitCode = 2;
}

async function start() {
  const { values } = parseArgs({
    options: {
      ...GATEWAY_OPTIONS,
      demo: { type: 'boolean', default: false },
      'gateway-dir': { type: 'string' },
      ...{ dir: { type: 'string' }, seconds: { type: 'string' }, store: { type: 'string' } },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const gateway = gatewayOptions(values, values['gateway-dir']);
  const { dir, seconds, store } = values;
  const given = Object.entries({ dir, seconds, store }).filter(([, value]) => value !== undefined);
  const { code, stopped } = await demonstrate(given.map(([name, value]) => `--${name}=${value}`));
  if (values.demo || stopped || code !== 0) return code;
  console.log(`\n${'─'.repeat(78)}\nNow a gateway to try it with. Ctrl-C ends it.\n`);
  await runGateway(gateway);
  return 0;
}

/**
 * Runs the demonstration as a process in a group of its own, so that it hears of Ctrl-C from here
 * alone, and once: the terminal and npm both send it.
 * @param {string[]} options
 * @returns {Promise<{ code: number, stopped: boolean }>}
 */
function demonstrate(options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [DEMO, ...options], { stdio: 'inherit', detached: true });
    let stopped = false;
    const stop = () => {
      if (!stopped) child.kill('SIGINT');
      stopped = true;
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve({ code: code ?? 1, stopped });
    });
  });
}
