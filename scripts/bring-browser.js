/**
 * Brings the browser that the tests of the inspector's page need: Debian's Chromium. It is installed
 * when it is missing and that is allowed; else it is said what is missing, and the script fails.
 * `CHROMIUM=<path>` names another Chromium.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const path = process.env.CHROMIUM ?? '/usr/bin/chromium';

function runs(command, ...args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** What makes a command one of root: nothing, or `sudo` where that asks for no password. */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  return runs('sudo', '-n', 'true') ? ['sudo', '-n'] : undefined;
}

function install(prefix) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => {
    const [command, ...rest] = [...prefix, 'apt-get', ...args];
    return spawnSync(command, rest, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  };
  const packages = ['install', '-y', '-qq', '--no-install-recommends', 'chromium'];
  // A fresh machine has no lists of packages yet.
  return apt(...packages) || (apt('update', '-qq') && apt(...packages));
}

if (!existsSync(path)) {
  const prefix = runs('which', 'apt-get') ? asRoot() : undefined;
  if (process.env.CHROMIUM === undefined && prefix !== undefined) {
    console.log('Installing chromium for the tests of the page.');
    install(prefix);
  }
  if (!existsSync(path)) {
    console.error(`The tests of the inspector's page need Chromium, and ${path} is not there.`);
    console.error('Install the package chromium, or name another one: CHROMIUM=<path> npm test');
    process.exitCode = 1;
  }
}
