/**
 * A process of a proof: started with one value, killed at any moment, stopped for a while. It says
 * lines on its standard output, and its standard input ends with whoever started it.
 */
import { type ChildProcess, spawn } from 'node:child_process';

/** Children that live; none outlives the proof. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ProofChildOptions {
  /** Milliseconds after which it is killed as one that hangs. */
  lifeMsMax: number;
  /** Added to the environment of this process. */
  environment?: Readonly<Record<string, string>>;
}

export class ProofChild {
  readonly #process: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly #deadline: NodeJS.Timeout;
  readonly #waiting: (() => void)[] = [];
  #stderr = '';
  #said = '';
  #over = false;
  /** It was ended by its deadline. */
  late = false;

  constructor(program: string, plan: unknown, { lifeMsMax, environment }: ProofChildOptions) {
    const child = spawn(process.execPath, [program, JSON.stringify(plan)], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#process = child;
    living.add(child);
    child.stdin.on('error', () => {
      // It was killed before it could be told that it may end.
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
      this.#tell();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4_000);
    });
    this.#deadline = setTimeout(() => {
      this.late = true;
      child.kill('SIGKILL');
    }, lifeMsMax);
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(this.#deadline);
        living.delete(child);
        this.#over = true;
        this.#tell();
        resolve({ code, signal });
      });
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Everything that it said. */
  get said(): string {
    return this.#said;
  }

  /** What it complained of. */
  get complaint(): string {
    return this.late ? `it hung and was ended; ${this.#stderr}` : this.#stderr;
  }

  /** Resolves when it has said the words, or has ended. */
  async says(words: string): Promise<void> {
    while (!this.#over && !this.#said.includes(words)) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Stops it and lets it go on later, by a process of its own that does so whatever happens to us. */
  stopFor(ms: number): void {
    const words = `kill -STOP ${this.pid} && sleep ${ms / 1_000}; kill -CONT ${this.pid}`;
    spawn('/bin/sh', ['-c', words], { stdio: 'ignore' });
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
