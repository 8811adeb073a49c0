import { openBrowser } from './open-browser.js';
import { startGateway } from './start-gateway.js';

/** npm passes Ctrl-C on although the terminal has told this process already: one press, two signals. */
const ONE_PRESS_MS = 1_000;

/**
 * Runs the gateway until Ctrl-C, and ends it in order; a second press ends it at once.
 * @param {{ directory: string, port: number, open: boolean }} options
 */
export async function runGateway({ directory, port, open }) {
  const ended = untilAskedToEnd();
  const running = await startGateway({ directory, port });
  if (running.port !== port && port !== 0) {
    console.log(`Port ${port} is taken; this is port ${running.port}.\n`);
  }
  console.log(`Two chats:  ${running.links.chats}`);
  console.log(`Inspector:  ${running.links.inspector}\n`);
  console.log(`Agent:      ${running.agent.words}`);
  console.log(`Directory:  ${directory}`);
  console.log(`Process:    ${process.pid} (kill -9 ${process.pid} loses nothing; Ctrl-C ends it)`);
  if (open) openBrowser(running.links.chats);
  await Promise.race([ended, running.gateway.watching]);
  await running.close();
  console.log('\nThe gateway has ended; its store is closed.');
}

/** @returns {Promise<void>} */
function untilAskedToEnd() {
  return new Promise((resolve) => {
    let asked = 0;
    const ask = () => {
      if (asked > 0 && performance.now() - asked > ONE_PRESS_MS) process.exit(130);
      asked ||= performance.now();
      resolve();
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });
}
