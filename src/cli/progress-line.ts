import type { Sink } from './output.ts';

const DRAW_MS = 100;
const SAY_MS = 10_000;
const BAR_WIDTH = 24;

/**
 * How far a long command is, on standard error: a bar in its last line on a terminal, a line now and
 * then elsewhere, where it ends in a log.
 */
export class ProgressLine {
  readonly #sink: Sink;
  readonly #clock: () => number;
  readonly #every: number;
  #last: number;
  #drawn = false;

  constructor(sink: Sink, clock: () => number = Date.now) {
    this.#sink = sink;
    this.#clock = clock;
    this.#every = sink.isTTY === true ? DRAW_MS : SAY_MS;
    this.#last = clock();
  }

  /** Draws, unless it did a moment ago. */
  show(done: number, of: number, more: string): void {
    const now = this.#clock();
    if (now - this.#last < this.#every) return;
    this.#last = now;
    const text = `${done.toLocaleString('en')} of ${of.toLocaleString('en')}${more}`;
    if (this.#sink.isTTY !== true) {
      this.#sink.write(`${text}\n`);
      return;
    }
    this.#drawn = true;
    const full = of === 0 ? 0 : Math.min(BAR_WIDTH, Math.floor((done / of) * BAR_WIDTH));
    const line = `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${text}`;
    this.#sink.write(`\r${line.slice(0, (this.#sink.columns ?? 80) - 1)}\x1b[K`);
  }

  /** Leaves the line empty for what is printed next. */
  end(): void {
    if (this.#drawn) this.#sink.write('\r\x1b[K');
    this.#drawn = false;
  }
}
