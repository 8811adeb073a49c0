/**
 * Where a program of a lane runs: this Node, another release of it, Node for Windows under Wine, or
 * a pid namespace of its own. Results go through files, because Wine breaks pipes.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { temporaryPlace } from './mounts.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const NODES = here('nodes/node_modules/');
const WINE_PREFIX = `${NODES}.wine-prefix`;

/** A way to run a program of this directory. */
export interface Machine {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** A path as the programs there spell it. */
  path(path: string): string;
}

const asIs = (path: string) => path;

export const thisNode: Machine = {
  name: process.version,
  command: [process.execPath],
  env: {},
  path: asIs,
};

/** Another release, which `npm run proof:bring` installs beside this file. */
export function nodeOf(release: 20 | 22 | 24): Machine {
  const command = [brought(`node-linux-${release}/bin/node`)];
  return { name: `Node ${release}`, command, env: {}, path: asIs };
}

/** `node.exe` under Wine. */
export function windows(release: 20 | 22): Machine {
  const node = brought(`node-windows-${release}/bin/node.exe`);
  const env = {
    WINEPREFIX: WINE_PREFIX,
    WINEDEBUG: '-all',
    // Without these it asks for parts that it would fetch from elsewhere.
    WINEDLLOVERRIDES: 'mscoree,mshtml,winemenubuilder.exe=',
    NODE_SKIP_PLATFORM_CHECK: '1',
  };
  const path = (unix: string) => `Z:${unix.replaceAll('/', '\\')}`;
  return { name: `Windows, Node ${release}`, command: ['wine', node], env, path };
}

/** Everybody there is process 1. */
export const namespaced: Machine = {
  name: 'pid namespace',
  command: ['unshare', '-p', '-f', '--mount-proc', '--kill-child', process.execPath],
  env: {},
  path: asIs,
};

function brought(path: string): string {
  if (existsSync(`${NODES}${path}`)) return `${NODES}${path}`;
  throw new Error(`${path} is not there. Run npm run proof:bring.`);
}

/** A program that runs. */
export interface Running {
  readonly process: ChildProcess;
  /** Its exit code; `null` when it was killed. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
  complaint(): string;
}

/** Starts a program. It is killed at its deadline and when the test has finished. */
export function start(
  machine: Machine,
  program: string,
  words: readonly string[],
  limitMs = 600_000,
): Running {
  const [command, ...args] = [
    ...machine.command,
    machine.path(here(`programs/${program}.js`)),
    ...words,
  ];
  const said = join(temporaryPlace(), 'said');
  const out = openSync(said, 'w');
  const child = spawn(command as string, args, {
    env: { ...process.env, ...machine.env },
    stdio: ['ignore', out, out],
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  closeSync(out);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return { process: child, ended, kill, complaint: () => readFileSync(said, 'utf8').slice(-4_000) };
}

/** What a program wrote into its results. */
export async function resultsOf<T>(
  machine: Machine,
  program: string,
  directory: string,
  results: string,
  words: readonly string[] = [],
  limitMs?: number,
): Promise<T> {
  const given = [machine.path(directory), machine.path(results), ...words];
  const running = start(machine, program, given, limitMs);
  const code = await running.ended;
  if (!existsSync(results)) {
    throw new Error(`${machine.name}: ${program} ended with ${code}: ${running.complaint()}`);
  }
  return JSON.parse(readFileSync(results, 'utf8')) as T;
}

/** Makes the Windows of Wine ready, which takes some seconds the first time, and ends it afterwards. */
export function prepareWindows(machine: Machine): () => void {
  mkdirSync(WINE_PREFIX, { recursive: true });
  const env = { ...process.env, ...machine.env };
  const run = (program: string, ...args: string[]) =>
    spawnSync(program, args, { env, stdio: 'ignore', timeout: 90_000 });
  run('wine', 'cmd', '/c', 'exit');
  return () => {
    run('wineserver', '-k');
  };
}
