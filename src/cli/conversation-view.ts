import type { TranscriptRecord } from '../model/state.ts';
import { clockOf, dayOf } from './age.ts';
import { type Utterance, utterancesOf } from './conversation.ts';
import { displayWidth, fitted, wrapped } from './display-width.ts';
import type { Output } from './output.ts';

const WHO_WIDTH = 9;
const CLOCK_WIDTH = 8;
const TEXT_AT = CLOCK_WIDTH + 2 + WHO_WIDTH + 2;
/** Narrower than this, wrapping makes more lines than sense; the terminal breaks them itself. */
const TEXT_WIDTH_MIN = 20;

/**
 * A conversation as lines: the time, who, and what was said, further lines indented below it. A day
 * is told once, when it begins.
 */
export class ConversationView {
  readonly #out: Output;
  #day = '';

  constructor(out: Output) {
    this.#out = out;
  }

  async record(record: TranscriptRecord): Promise<void> {
    const moment = Date.parse(record.timestamp);
    const known = !Number.isNaN(moment);
    if (known && dayOf(moment) !== this.#day) {
      this.#day = dayOf(moment);
      await this.#out.line(this.#out.colors.dim(this.#day));
    }
    let clock = known ? clockOf(moment) : '--:--:--';
    for (const said of utterancesOf(record)) {
      await this.#out.lines(this.#linesOf(said, clock));
      // A further part of the same record happened at the same time.
      clock = '';
    }
  }

  /** Something about the conversation that is no record of it. */
  async remark(text: string): Promise<void> {
    await this.#out.line(this.#out.colors.dim(`${' '.repeat(CLOCK_WIDTH)}  ${text}`));
  }

  #linesOf(said: Utterance, clock: string): string[] {
    const { dim } = this.#out.colors;
    const width = this.#out.width - TEXT_AT;
    const texts =
      width < TEXT_WIDTH_MIN ? said.lines : said.lines.flatMap((line) => wrapped(line, width));
    const who = fitted(said.who, WHO_WIDTH);
    const blanks = ' '.repeat(WHO_WIDTH - displayWidth(who));
    const head = `${dim(clock.padEnd(CLOCK_WIDTH))}  ${this.#toned(said, who)}${blanks}  `;
    const quiet = said.tone === 'quiet' || said.tone === 'error';
    return texts.map((text, at) => {
      const body = quiet ? this.#toned(said, text) : text;
      return `${at === 0 ? head : ' '.repeat(TEXT_AT)}${body}`.trimEnd();
    });
  }

  #toned({ tone }: Utterance, text: string): string {
    const { cyan, green, dim, red } = this.#out.colors;
    return { user: cyan, assistant: green, quiet: dim, error: red }[tone](text);
  }
}
