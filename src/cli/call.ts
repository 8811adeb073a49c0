import type { Command } from 'commander';
import type { Store, Warning } from '../contract/store.ts';
import { openStore } from '../open-store.ts';
import { CommandError } from './command-error.ts';
import type { ExitCode } from './exit-code.ts';
import { findStore } from './find-store.ts';
import { Output } from './output.ts';
import { safeLine } from './safe-text.ts';
import type { Shell } from './shell.ts';

/** Options that every command has. */
export interface GlobalOptions {
  store?: string;
  json?: true;
  verbose?: true;
}

/** One run of one command. */
export interface Call {
  readonly shell: Shell;
  readonly out: Output;
  readonly json: boolean;
  readonly verbose: boolean;
  /** Ends every wait: told to stop, or nobody reads any more. */
  readonly signal: AbortSignal;
  /** The moment at which ages are counted. */
  readonly now: number;
  /** Says something to a person, on standard error; a script that asked for JSON is told nothing. */
  note(text: string): void;
  /** Tells what the library tolerated, on standard error. */
  warn(warning: Warning): void;
}

export interface StoreCall extends Call {
  readonly store: Store;
}

/** What a command resolves to; nothing is 0. */
export type Outcome = ExitCode | undefined;

/** Adds one command to the program. */
export type AddCommand = (program: Command, runner: Runner) => void;

/** How a command's action runs: with its call, and with the store when it needs one. */
export class Runner {
  readonly shell: Shell;
  readonly #out: Output;
  /** What the command that ran resolved to. */
  outcome: Outcome;

  constructor(shell: Shell) {
    this.shell = shell;
    this.#out = new Output(shell.stdout, shell.env);
  }

  /** Runs a command that needs no open store. */
  async run(command: Command, work: (call: Call) => Promise<Outcome>): Promise<void> {
    this.outcome = await work(this.#call(command.optsWithGlobals<GlobalOptions>()));
  }

  /** Runs a command with its store. `create`: the location that was named may become a store. */
  async withStore(
    command: Command,
    use: 'existing' | 'create',
    work: (call: StoreCall) => Promise<Outcome>,
  ): Promise<void> {
    const options = command.optsWithGlobals<GlobalOptions>();
    const { env, cwd } = this.shell;
    const location = findStore({ option: options.store, env, cwd, use });
    const call = this.#call(options);
    // A schema is made, or brought up to date, by those only that may make a store.
    const migrate = use === 'create';
    const store = await openStore(location, { onWarning: call.warn, migrate });
    try {
      this.outcome = await work({ ...call, store });
    } finally {
      await store.close();
    }
  }

  /** Waits until everything is printed. */
  async finish(): Promise<void> {
    await this.#out.finish();
  }

  #call(options: GlobalOptions): Call {
    const json = options.json === true;
    return {
      shell: this.shell,
      out: this.#out,
      json,
      verbose: options.verbose === true,
      signal: AbortSignal.any([this.shell.signal, this.#out.failed]),
      now: Date.now(),
      note: (text) => {
        if (!json) this.shell.stderr.write(`${text}\n`);
      },
      warn: (warning) => {
        const { code, message } = warning;
        const text = `holdfast: warning: ${safeLine(message)} (${safeLine(code)})`;
        this.shell.stderr.write(`${json ? JSON.stringify({ warning }) : text}\n`);
      },
    };
  }
}

/** A whole number option, at least `min`. */
export function wholeNumber(name: string, min: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min) return value;
    throw new CommandError('USAGE', `${name} needs a whole number from ${min} on, not "${text}".`, {
      remedy: `For example: ${name} ${Math.max(min, 50)}`,
    });
  };
}
