import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/openclaw/', import.meta.url));
const NODE = join(CACHE, `node/node_modules/node-${platform}-${arch}/bin/node`);
const PROGRAM = join(CACHE, '2026.9.6/node_modules/openclaw/openclaw.mjs');

/** `npm run test:openclaw` brings it. */
export const hasImport = () => existsSync(NODE) && existsSync(PROGRAM);

/** The import of the program itself, its start included: it is a command and nothing else. */
export async function run({ dir, sessions }, { ready }) {
  const home = join(dir, '..', 'home');
  mkdirSync(home, { recursive: true });
  const env = {
    PATH: process.env.PATH,
    TZ: 'UTC',
    HOME: home,
    OPENCLAW_HOME: home,
    OPENCLAW_STATE_DIR: dir,
  };
  const words = ['doctor', '--session-sqlite', 'import', '--session-sqlite-all-agents', '--json'];
  await ready();
  const begin = performance.now();
  const child = spawn(NODE, [PROGRAM, ...words], { env, cwd: home, stdio: ['ignore', 'pipe', 2] });
  let answer = '';
  child.stdout.on('data', (text) => {
    answer += text;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  const ms = performance.now() - begin;
  const imported = JSON.parse(answer || '{}').totals?.importedEntries;
  if (code !== 0 || imported !== sessions) {
    throw new Error(`it ended with ${code}, ${imported} of ${sessions}: ${answer.slice(0, 500)}`);
  }
  return { ms, blockMs: 0 };
}
