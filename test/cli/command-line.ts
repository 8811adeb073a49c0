/** Runs the built command line as a process, as a person or a script would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/run.ts';

export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  env?: Record<string, string>;
  /** Standard input; it is closed at once when left out. */
  input?: string;
  /** Tells a command of {@link inProcess} to stop. */
  signal?: AbortSignal;
}

/** A command that runs until it ends. */
export async function holdfast(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const running = start(args, options);
  running.child.stdin?.end(options.input ?? '');
  return await running.ended;
}

/**
 * The same without a process of its own, for tables of many cases: what it is told about is the
 * command line, not the process around it.
 */
export async function inProcess(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const stdout = new Collected();
  const stderr = new Collected();
  const code = await run(args, {
    stdin: Readable.from([options.input ?? '']),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd ?? process.cwd(),
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** A stream that is read at once and keeps what came. */
export class Collected extends PassThrough {
  text = '';

  constructor() {
    super();
    this.setEncoding('utf8').on('data', (text: string) => {
      this.text += text;
    });
  }
}

export interface Running {
  child: ChildProcess;
  ended: Promise<Ran>;
  /** What was printed so far. */
  stdout(): string;
  /** Waits until the output so far satisfies a condition; rejects when the command ends before. */
  until(condition: (stdout: string) => boolean): Promise<void>;
}

/** A command that goes on, such as `tail -f`. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const { HOLDFAST_STORE: _store, NO_COLOR: _color, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd,
    env: { ...env, TZ: 'UTC', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A command that was refused never reads its input.
  child.stdin.on('error', () => undefined);
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended, stdout: () => stdout, until };

  async function until(condition: (stdout: string) => boolean): Promise<void> {
    const deadline = Date.now() + 20_000;
    while (!condition(stdout)) {
      if (child.exitCode !== null || Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new Error(`The output did not come. So far: ${stdout}${stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** The standard output as one JSON document. */
export function documentOf(ran: Ran): unknown {
  return JSON.parse(ran.stdout);
}

/** The error that was told with `--json`. */
export function errorOf(ran: Ran): { code: string; message: string; remedy?: string } {
  return JSON.parse(ran.stderr).error;
}
