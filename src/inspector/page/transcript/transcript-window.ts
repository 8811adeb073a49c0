import type { TranscriptPage } from '../../wire.ts';
import type { TranscriptRecord } from '../server/answers.ts';
import { problemOf, type RefusedError } from '../server/ask.ts';
import { askRecord, askTranscript } from '../server/questions.ts';

/** Records that are fetched at a time. */
const PAGE_RECORDS = 100;
/** Records that are kept while the end is followed; older ones are fetched again when looked for. */
const FOLLOWED_MAX = 400;
/** Pages that are taken of what is new at once; after a longer absence it begins anew. */
const TAIL_PAGES_MAX = 5;

/**
 * The part of a transcript that is loaded: always a run without gaps, from some record to the last
 * one that was seen.
 */
export class TranscriptWindow {
  records: readonly TranscriptRecord[] = [];
  /** Nothing lies before the first record. */
  complete = false;
  /** Nothing is known before the first answer. */
  loaded = false;
  loadingEarlier = false;
  problem: RefusedError | undefined;
  readonly shortened = new Set<number>();
  readonly #key: string;
  readonly #sessionId: string;
  readonly #onChange: () => void;
  readonly #own = new AbortController();
  #tailing: Promise<void> | undefined;
  #tailAgain = false;

  constructor(key: string, sessionId: string, onChange: () => void) {
    this.#key = key;
    this.#sessionId = sessionId;
    this.#onChange = onChange;
    this.tail();
  }

  close(): void {
    this.#own.abort();
  }

  /** Fetches what lies before the first record. */
  async earlier(): Promise<void> {
    const first = this.records[0];
    if (!first || this.complete || this.loadingEarlier) return;
    this.loadingEarlier = true;
    this.#onChange();
    const page = await this.#ask({ before: first.seq, last: PAGE_RECORDS });
    this.loadingEarlier = false;
    if (page && this.records[0] === first) {
      this.records = [...page.records, ...this.records];
      this.complete = page.complete || page.records.length === 0;
    }
    this.#onChange();
  }

  /** Fetches what is new at the end; asked while it does so, it looks once more afterwards. */
  tail(): void {
    this.#tailAgain = true;
    this.#tailing ??= this.#tailAll().finally(() => {
      this.#tailing = undefined;
    });
  }

  /** Puts a record that was shortened in its place as a whole. */
  async whole(seq: number): Promise<void> {
    try {
      const { record } = await askRecord(this.#key, this.#sessionId, seq, this.#own.signal);
      this.records = this.records.map((each) => (each.seq === seq ? record : each));
      this.shortened.delete(seq);
      this.problem = undefined;
    } catch (cause) {
      if (!this.#own.signal.aborted) this.problem = problemOf(cause);
    }
    this.#onChange();
  }

  /** Lets go of what lies far above the end. */
  trim(): void {
    if (this.records.length <= FOLLOWED_MAX * 2) return;
    this.records = this.records.slice(-FOLLOWED_MAX);
    this.complete = false;
    this.#onChange();
  }

  async #tailAll(): Promise<void> {
    while (this.#tailAgain && !this.#own.signal.aborted) {
      this.#tailAgain = false;
      const before = this.records;
      if (!(await this.#tailOnce())) await this.#fromTheEnd();
      if (this.records !== before || !this.loaded || this.problem) this.#onChange();
    }
  }

  /** @returns false when there is too much of it, or nothing to begin from */
  async #tailOnce(): Promise<boolean> {
    const last = this.records.at(-1);
    if (!last) return false;
    let news: readonly TranscriptRecord[] = [];
    for (let page = 0; page < TAIL_PAGES_MAX; page += 1) {
      // An answer holds the newest of them: what lies between is asked for until nothing does.
      const before = news[0] && { before: news[0].seq };
      const next = await this.#ask({ after: last.seq, last: PAGE_RECORDS, ...before });
      if (!next) return true;
      news = [...next.records, ...news];
      if (!next.complete) continue;
      if (news.length > 0) this.records = [...this.records, ...news];
      return true;
    }
    return false;
  }

  async #fromTheEnd(): Promise<void> {
    const page = await this.#ask({ last: PAGE_RECORDS });
    if (!page) return;
    this.records = page.records;
    this.complete = page.complete;
    this.loaded = true;
    this.#onChange();
  }

  async #ask(range: {
    before?: number;
    after?: number;
    last?: number;
  }): Promise<TranscriptPage | undefined> {
    try {
      const question = { sessionId: this.#sessionId, ...range };
      const page = await askTranscript(this.#key, question, this.#own.signal);
      this.problem = undefined;
      for (const seq of page.shortened) this.shortened.add(seq);
      return page;
    } catch (cause) {
      if (!this.#own.signal.aborted) this.problem = problemOf(cause);
      return undefined;
    }
  }
}
