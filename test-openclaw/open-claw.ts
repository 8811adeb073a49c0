/** The real program, without a network and with a home of its own. */
import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../node_modules/.cache/openclaw/', import.meta.url));

export const RELEASES = ['2026.7.1', '2026.9.6'] as const;
export type Release = (typeof RELEASES)[number];

export const NODE = join(CACHE, `node/node_modules/node-${platform}-${arch}/bin/node`);
export const PROGRAMS: Record<Release, string> = {
  '2026.7.1': join(CACHE, '2026.7.1/node_modules/openclaw/openclaw.mjs'),
  '2026.9.6': join(CACHE, '2026.9.6/node_modules/openclaw/openclaw.mjs'),
};

/** In a namespace without any network where the system lets us make one. */
const ALONE =
  spawnSync('unshare', ['-rn', 'true']).status === 0 ? ['unshare', '-rn', NODE] : [NODE];

const LIFE_MS_MAX = 120_000;

function start(release: Release, state: string, words: readonly string[]) {
  const home = join(state, '..', 'home');
  mkdirSync(home, { recursive: true });
  const [command, ...args] = [...ALONE, PROGRAMS[release], ...words] as [string, ...string[]];
  const env = {
    PATH: process.env.PATH ?? '',
    TZ: 'UTC',
    NO_COLOR: '1',
    HOME: home,
    OPENCLAW_HOME: home,
    OPENCLAW_STATE_DIR: state,
  };
  return { command, args, options: { env, cwd: home, timeout: LIFE_MS_MAX } };
}

/** What it prints as JSON. It must end in order. */
// biome-ignore lint/suspicious/noExplicitAny: answers of another program
export function openClaw(release: Release, state: string, ...words: string[]): any {
  const { command, args, options } = start(release, state, words);
  const ran: SpawnSyncReturns<string> = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return answerOf(words, ran);
}

/** The same beside other work of this process. */
export async function openClawBeside(
  release: Release,
  state: string,
  ...words: string[]
  // biome-ignore lint/suspicious/noExplicitAny: answers of another program
): Promise<any> {
  const { command, args, options } = start(release, state, words);
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return answerOf(words, { status, stdout, stderr });
}

function answerOf(
  words: readonly string[],
  { status, stdout, stderr }: { status: number | null; stdout: string; stderr: string },
): unknown {
  const told = `openclaw ${words.join(' ')} ended with ${status}\n${stderr.slice(-4_000)}`;
  if (status !== 0) throw new Error(told);
  try {
    return JSON.parse(stdout) as unknown;
  } catch (cause) {
    throw new Error(`${told}\nand printed ${stdout.slice(0, 2_000)}`, { cause });
  }
}

/** The sessions that it lists, by key. */
// biome-ignore lint/suspicious/noExplicitAny: rows of another program
export function rowsByKey(answer: any): Map<string, any> {
  return new Map(answer.sessions.map((row: { key: string }) => [row.key, row]));
}

export const LIST = ['sessions', '--all-agents', '--json', '--limit', 'all'];
export const CLEANUP = [
  'sessions',
  'cleanup',
  '--all-agents',
  '--dry-run',
  '--fix-missing',
  '--json',
];
export const TO_SQLITE = (mode: string) => [
  'doctor',
  '--session-sqlite',
  mode,
  '--session-sqlite-all-agents',
  '--json',
];
