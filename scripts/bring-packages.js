/**
 * `npm run proof:bring`: installs the Debian packages that the proofs need and that are missing.
 * Needs root; without it the proofs that need them are skipped, each with its reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const source = readFileSync(new URL('../proof/frame/needs.ts', import.meta.url), 'utf8');
const table = /const PACKAGES[^{]*\{([^}]*)\}/.exec(source)?.[1] ?? '';
const packages = new Map(
  [...table.matchAll(/'?([\w.-]+)'?: '([\w.-]+)'/g)].map(([, program, name]) => [program, name]),
);
const path = `${process.env.PATH}:/usr/sbin:/sbin`;
const env = { ...process.env, PATH: path, DEBIAN_FRONTEND: 'noninteractive' };
const has = (program) => spawnSync('which', [program], { env }).status === 0;
const missing = [...new Set([...packages].filter(([name]) => !has(name)).map(([, name]) => name))];

if (missing.length === 0) {
  console.log('Everything that the proofs need is there.');
} else if (process.getuid?.() !== 0 || !has('apt-get')) {
  console.log(`Missing, and only root on Debian can have them: ${missing.join(', ')}.`);
} else {
  console.log(`Installing ${missing.join(', ')}.`);
  const run = (...args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  run('update', '-qq');
  const { status } = run('install', '-y', '-qq', '--no-install-recommends', ...missing);
  process.exitCode = status ?? 1;
}

// Other releases of Node, one of them for Windows: `--force`, because npm would not install that here.
if (!existsSync(new URL('../proof/lanes/nodes/node_modules', import.meta.url))) {
  console.log('Installing the releases of Node that the lanes need.');
  const args = ['--prefix', 'proof/lanes/nodes', 'ci', '--force', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exitCode = 1;
}
