import picocolors from 'picocolors';
import { HoldfastError } from '../model/errors.ts';

/** The part of a process's stream that a command writes to. */
export interface Sink {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(text: string, written?: () => void): boolean;
  on(event: 'drain' | 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
  off(event: 'drain' | 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** The reader has gone away (`| head`): there is nobody to print for, and nothing went wrong. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Standard output: text, documents and lines of JSON, at the pace of who reads. */
export class Output {
  readonly colors: Colors;
  /** Somebody looks at it now, rather than a file or a program. */
  readonly terminal: boolean;
  /** Columns to stay within; unbounded when nobody looks, so that nothing is cut in a pipe. */
  readonly width: number;
  readonly #sink: Sink;
  readonly #failed = new AbortController();

  constructor(sink: Sink, env: NodeJS.ProcessEnv) {
    this.#sink = sink;
    this.terminal = sink.isTTY === true;
    this.width = this.terminal ? columnsOf(sink, env) : Number.POSITIVE_INFINITY;
    this.colors = picocolors.createColors(this.terminal && !env.NO_COLOR && env.TERM !== 'dumb');
    // The listener stays for good: a stream may fail once more for each write that was under way.
    sink.on('error', (error) => this.#failed.abort(failureOf(error)));
  }

  /** Aborted when nothing can be printed any more, so that a command which waits for news ends too. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** Prints a line. Waits while the reader is slow; rejects with {@link ReaderGone} when it left. */
  async line(text = ''): Promise<void> {
    this.failed.throwIfAborted();
    if (this.#sink.write(`${text}\n`)) return;
    await this.#drained();
    this.failed.throwIfAborted();
  }

  async lines(texts: Iterable<string>): Promise<void> {
    for (const text of texts) await this.line(text);
  }

  /** One JSON document: an array has one element a line, anything else two spaces of indentation. */
  async document(value: unknown): Promise<void> {
    if (!Array.isArray(value) || value.length === 0) {
      return await this.line(JSON.stringify(value, null, 2));
    }
    const last = value.length - 1;
    await this.line('[');
    for (const [index, element] of value.entries()) {
      await this.line(`  ${JSON.stringify(element)}${index === last ? '' : ','}`);
    }
    await this.line(']');
  }

  /** Waits until all is written. A failure is told late by the system, the last line's after it. */
  async finish(): Promise<void> {
    await new Promise<void>((resolve) => this.#sink.write('', resolve));
    this.failed.throwIfAborted();
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#sink.off('drain', done);
        this.failed.removeEventListener('abort', done);
        resolve();
      };
      this.#sink.on('drain', done);
      this.failed.addEventListener('abort', done);
    });
  }
}

function columnsOf(sink: Sink, env: NodeJS.ProcessEnv): number {
  const asked = Number(env.COLUMNS);
  return Number.isSafeInteger(asked) && asked > 0 ? asked : (sink.columns ?? 80);
}

function failureOf(error: NodeJS.ErrnoException): Error {
  if (error.code === 'EPIPE') return new ReaderGone('Nobody reads the output any more.');
  return new HoldfastError('IO_FAILED', `The output could not be written: ${error.message}.`, {
    cause: error,
  });
}
