import { type ChildProcess, fork, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';

/** Generous: only used up by a test that fails. */
const ANSWER_MS_MAX = 60_000;

const PROGRAMS = new URL('programs/', import.meta.url);

/** Children of this process that live; none outlives it. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

interface Told {
  id?: number;
  name?: string;
  value?: unknown;
  error?: { code?: string; message: string; stack: string };
}

/** A directory for one test, removed after it. */
export function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-processes-'));
  onTestFinished(() => rmSync(directory, { recursive: true, maxRetries: 10 }));
  return directory;
}

/** How a child is started. */
export interface ChildOptions {
  /** Words after the program's name. */
  words?: readonly string[];
  /** A command that starts it, such as one that makes a namespace for it. */
  wrap?: readonly string[];
  /** The directory of the program, if it is not that of these tests. */
  programs?: URL;
}

/** A process of a test; killed when the test has ended. */
export class Child {
  readonly #process: ChildProcess;
  readonly #said: Told[] = [];
  readonly #asked = new Map<number, (told: Told) => void>();
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #asks = 0;
  #stderr = '';
  #over = false;
  #guard: ChildProcess | undefined;

  constructor(program: string, { words = [], wrap, programs = PROGRAMS }: ChildOptions = {}) {
    const path = fileURLToPath(new URL(`${program}.js`, programs));
    const [execPath, ...execArgv] = wrap ? [...wrap, process.execPath] : [process.execPath];
    const child = fork(path, [...words], { execPath: execPath as string, execArgv, silent: true });
    this.#process = child;
    living.add(child);
    child.stderr?.on('data', (text: Buffer) => {
      this.#stderr += text;
    });
    child.on('message', (told: Told) => {
      if (told.id === undefined) this.#said.push(told);
      else this.#asked.get(told.id)?.(told);
    });
    // What it said before it died is read to its end, too.
    const silent = new Promise((resolve) => child.on('disconnect', resolve));
    this.ended = new Promise((resolve) => {
      child.on('close', async (code, signal) => {
        await silent;
        this.#over = true;
        living.delete(child);
        this.#guard?.stdin?.end('\n');
        const told = { error: { message: this.epitaph(), stack: '' } };
        for (const settle of this.#asked.values()) settle(told);
        resolve({ code, signal });
      });
    });
    onTestFinished(() => this.kill());
  }

  /** A gateway with an open store. */
  static async gateway(directory: string, options: object = {}, how?: ChildOptions) {
    const child = new Child('gateway', how);
    await child.said('ready');
    await child.ask('open', directory, options);
    return child;
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Asks for something by name; rejects as it did over there, `code` included. */
  ask<T = unknown>(verb: string, ...given: unknown[]): Promise<T> {
    const id = ++this.#asks;
    return new Promise<T>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no answer to ${verb}`)), ANSWER_MS_MAX);
      this.#asked.set(id, ({ value, error }) => {
        clearTimeout(late);
        this.#asked.delete(id);
        if (!error) return resolve(value as T);
        const { code, message, stack } = error;
        reject(Object.assign(new Error(`${verb}: ${message}\n${stack}`), { code }));
      });
      this.#process.send({ id, verb, given }, (failed) => {
        if (failed) this.#asked.get(id)?.({ error: { message: this.epitaph(), stack: '' } });
      });
    });
  }

  /** Lets a program that waits for it begin. */
  go(): void {
    this.#process.send('go');
  }

  /** Waits for the next message of this name, and takes it. */
  async said<T = unknown>(name: string): Promise<T> {
    let at = -1;
    await until(
      `it says ${name}`,
      () => {
        at = this.#said.findIndex((told) => told.name === name);
        if (at < 0 && this.#over) throw new Error(this.epitaph());
        return at >= 0;
      },
      ANSWER_MS_MAX,
    );
    return this.#said.splice(at, 1)[0]?.value as T;
  }

  /** Everything of this name that it has said and nobody took. */
  allSaid<T = unknown>(name: string): T[] {
    return this.#said.filter((told) => told.name === name).map(({ value }) => value as T);
  }

  async kill(): Promise<void> {
    if (!this.#over) this.#process.kill('SIGKILL');
    await this.ended;
  }

  /** Stops it until `resume` or `kill`. Should this process go away meanwhile, a guard ends it. */
  async stop(): Promise<void> {
    process.kill(this.pid, 'SIGSTOP');
    const words = ['-c', 'read line || kill -KILL "$0"', String(this.pid)];
    this.#guard = spawn('/bin/sh', words, { stdio: ['pipe', 'ignore', 'ignore'] });
    const stat = `/proc/${this.pid}/stat`;
    if (existsSync(stat)) {
      await until('it is stopped', () => /\) T /.test(readFileSync(stat, 'latin1')));
    }
  }

  resume(): void {
    this.#guard?.stdin?.end('\n');
    process.kill(this.pid, 'SIGCONT');
  }

  /** How it ended and what it complained of. */
  epitaph(): string {
    const { exitCode, signalCode } = this.#process;
    return `the child ended with ${signalCode ?? exitCode}: ${this.#stderr.slice(-2_000)}`;
  }
}

/** Asks a process that has seen nothing before. */
export async function askFresh<T>(directory: string, ...asked: [string, ...unknown[]]): Promise<T> {
  const child = await Child.gateway(directory);
  try {
    return await child.ask<T>(...asked);
  } finally {
    await child.kill();
  }
}

/** Waits until a child does what it stays in until `leave` lets it out again. */
export async function stay(child: Child, verb: string, ...given: unknown[]) {
  const directory = newDirectory();
  const inside = join(directory, 'inside');
  const out = join(directory, 'out');
  const left = child.ask(verb, ...given, inside, out);
  // A child that is killed inside never answers, and that is what its test is about.
  left.catch(() => undefined);
  await until(`${verb} has begun`, () => existsSync(inside));
  return {
    leave(): Promise<unknown> {
      writeFileSync(out, '');
      return left;
    },
  };
}

/** Waits until a child is inside a commit, holding its lock. */
export function stayInCommit(child: Child, key: string) {
  return stay(child, 'stayInCommit', key);
}
