/**
 * Runs the commands of docs/cli.md and writes what they printed below them, so that the page shows
 * the command line as it is.
 *
 *     node scripts/cli-page.js           writes the page
 *     node scripts/cli-page.js --check   ends with 1 when the page is not current
 *
 * In a block of kind `console`, a line that begins with `$ ` is run by a shell, one after the other,
 * on a store that is made for it; what stands between two of them is its output. A comment
 * `<!-- run ... -->` is run and not shown; in it, `turn <key>` lets a gateway begin a turn, and
 * `export NAME=value` is for all that follows.
 * The clock stands still during a command and goes on by a minute with each (fixed-world.js). Ids and
 * the directory differ from run to run and are shown under names that stay.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const PAGE = here('../docs/cli.md');
const MAIN = here('../dist/cli/main.js');
const WORLD = here('fixed-world.js');
const BEGIN = Date.parse('2026-12-01T09:00:00Z');
const MINUTE_MS = 60_000;
/** Ids that the store makes: of version 7. Those of the sample are of version 4 and stay. */
const MADE_ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

const root = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
const names = new Map();
const gateways = [];
const exported = {};
let minutes = 0;

/** The environment of a command: its time, and `holdfast` as the command that it is. */
function environment() {
  return {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    HOME: root,
    TZ: 'UTC',
    ...exported,
    PAGE_TIME: String(BEGIN + minutes * MINUTE_MS),
  };
}

function prepare() {
  const bin = join(root, 'bin');
  cpSync(here('../examples/openclaw/state-dir'), join(root, 'openclaw'), { recursive: true });
  mkdirSync(bin);
  const command = `#!/bin/sh\nexec '${process.execPath}' --import '${WORLD}' '${MAIN}' "$@"\n`;
  writeFileSync(join(bin, 'holdfast'), command);
  chmodSync(join(bin, 'holdfast'), 0o755);
}

/** A text of the page as this run has it, and back. */
function real(text) {
  let result = text.replaceAll('/srv', root);
  for (const [id, name] of names) result = result.replaceAll(name, id);
  return result;
}

function shown(text) {
  return text.replaceAll(root, '/srv').replace(MADE_ID, (id) => {
    if (!names.has(id)) {
      const count = String(names.size + 1).padStart(12, '0');
      names.set(id, `0199c5e8-41d0-7a3e-9b55-${count}`);
    }
    return names.get(id);
  });
}

function run(command) {
  minutes += 1;
  const { stdout } = spawnSync('sh', ['-c', `{ ${real(command)}\n} 2>&1`], {
    cwd: root,
    encoding: 'utf8',
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return shown(stdout);
}

/** Begins a turn in a process of its own, and waits until it runs. */
async function beginTurn(key) {
  minutes += 1;
  const code = `
    import { openStore } from 'holdfast';
    const store = await openStore(${JSON.stringify(join(root, 'state'))}, { instance: 'slack' });
    const run = () => new Promise(() => { console.log('began'); setInterval(() => {}, 1000); });
    await store.session(${JSON.stringify(key)}).turn(run, { label: 'reply' });`;
  const args = ['--import', WORLD, '--input-type=module', '--eval', code];
  const gateway = spawn(process.execPath, args, {
    cwd: here('..'),
    env: environment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  gateways.push(gateway);
  await new Promise((resolve, reject) => {
    gateway.stdout.once('data', resolve);
    gateway.once('exit', () => reject(new Error('The gateway could not begin its turn.')));
  });
}

async function runHidden(lines) {
  for (const line of lines) {
    const [, word, argument = ''] = /^(turn|export) (.+)$/.exec(line) ?? [];
    const [name, value] = argument.split('=');
    if (word === 'turn') await beginTurn(argument);
    else if (word === 'export') exported[name] = real(value);
    else if (line.trim() !== '') process.stderr.write(run(line));
  }
}

/** The page with the outputs of this run. */
async function page(text) {
  const result = [];
  let inside;
  const hidden = [];
  for (const line of text.split('\n')) {
    if (inside === 'hidden') {
      if (line !== '-->') hidden.push(line);
      else await runHidden(hidden.splice(0));
    }
    const ends = line === (inside === 'hidden' ? '-->' : '```');
    if (inside !== 'console' || ends) result.push(line);
    else if (line.startsWith('$ ')) result.push(line, ...linesOf(run(line.slice(2))));
    if (inside !== undefined) inside = ends ? undefined : inside;
    else if (line === '<!-- run') inside = 'hidden';
    else if (line === '```console') inside = 'console';
    else if (line.startsWith('```')) inside = 'other';
  }
  return result.join('\n');
}

function linesOf(output) {
  return output === '' ? [] : output.replace(/\n$/, '').split('\n');
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
try {
  prepare();
  const written = readFileSync(PAGE, 'utf8');
  const now = await page(written);
  if (!values.check) writeFileSync(PAGE, now);
  else if (now !== written) {
    const at = now.split('\n').findIndex((line, index) => line !== written.split('\n')[index]);
    console.error(`docs/cli.md is not current from line ${at + 1} on: ${now.split('\n')[at]}`);
    console.error('Run: node scripts/cli-page.js');
    process.exitCode = 1;
  }
} finally {
  for (const gateway of gateways) gateway.removeAllListeners('exit').kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
}
