import type { SessionRow, SessionsPage, SessionsQuery } from '../../wire.ts';
import { paced } from '../browser/paced.ts';
import { problemOf, type RefusedError } from '../server/ask.ts';
import type { Changed } from '../server/live-stream.ts';
import { askSessions } from '../server/questions.ts';

/** Rows that are fetched at a time. */
export const PAGE_ROWS = 100;
/** Changes come several times a second; rows are fetched again at most once in so many milliseconds. */
const REFETCH_MS = 250;
/** Rows whose last look is remembered, to tell which of them changed. */
const LOOKS_MAX = 4_000;

/**
 * The rows of one query, of which there may be a hundred thousand: only the pages that are shown are
 * fetched and kept.
 */
export class SessionPages {
  readonly query: SessionsQuery;
  /** The newest answer; its counts are those of all pages. */
  head: SessionsPage | undefined;
  problem: RefusedError | undefined;
  readonly #rows = new Map<number, readonly SessionRow[]>();
  readonly #asked = new Map<number, AbortController>();
  readonly #stale = new Set<number>();
  readonly #looks = new Map<string, string>();
  readonly #flashes = new Map<string, number>();
  readonly #onChange: () => void;
  readonly #refetch = paced(REFETCH_MS, () => this.#fetchShown());
  #first = 0;
  #last = 0;

  constructor(query: SessionsQuery, onChange: () => void) {
    this.query = query;
    this.#onChange = onChange;
    this.#fetch(0);
  }

  /** Of the query; 0 before the first answer. */
  get total(): number {
    return this.head?.total ?? 0;
  }

  /** The row at a place, once it is there. */
  rowAt(index: number): SessionRow | undefined {
    return this.#rows.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
  }

  /** Where a session stands now, when its page is there. */
  placeOf(key: string): number | undefined {
    for (const [page, rows] of this.#rows) {
      const at = rows.findIndex((row) => row.key === key);
      if (at >= 0) return page * PAGE_ROWS + at;
    }
    return undefined;
  }

  /** How often a row was seen to change: another number is another flash. */
  flashOf(key: string): number {
    return this.#flashes.get(key) ?? 0;
  }

  /** Tells which rows are on the screen; what is missing is fetched. */
  show(first: number, last: number): void {
    this.#first = Math.floor(first / PAGE_ROWS);
    this.#last = Math.floor(Math.max(first, last) / PAGE_ROWS);
    for (let page = this.#first; page <= this.#last; page += 1) {
      if (!this.#rows.has(page) || this.#stale.has(page)) this.#fetch(page);
    }
    // What was scrolled past quickly is not worth an answer.
    for (const [page, own] of this.#asked) if (!this.#isShown(page)) this.#giveUp(page, own);
  }

  /** Something changed: which rows a query has, and in which order, is the server's to say. */
  changed(changed: Changed): void {
    if (changed.keys.length === 0 && !changed.all) return;
    for (const page of this.#rows.keys()) {
      if (this.#isShown(page)) this.#stale.add(page);
      else this.#rows.delete(page);
    }
    this.#refetch();
  }

  close(): void {
    this.#refetch.stop();
    for (const [page, own] of this.#asked) this.#giveUp(page, own);
  }

  #isShown(page: number): boolean {
    return page >= this.#first && page <= this.#last;
  }

  #giveUp(page: number, own: AbortController): void {
    own.abort();
    this.#asked.delete(page);
  }

  #fetchShown(): void {
    for (let page = this.#first; page <= this.#last; page += 1) this.#fetch(page, true);
  }

  /** @param anew asks again even where an answer is on its way: that one may be too old */
  #fetch(page: number, anew = false): void {
    const former = this.#asked.get(page);
    if (former && !anew) return;
    former?.abort();
    const own = new AbortController();
    this.#asked.set(page, own);
    this.#stale.delete(page);
    const question = { ...this.query, offset: page * PAGE_ROWS, limit: PAGE_ROWS };
    askSessions(question, own.signal).then(
      (answer) => this.#take(page, own, answer),
      (cause) => {
        if (own.signal.aborted) return;
        this.#asked.delete(page);
        this.problem = problemOf(cause);
        this.#onChange();
      },
    );
  }

  #take(page: number, own: AbortController, answer: SessionsPage): void {
    if (own.signal.aborted) return;
    this.#asked.delete(page);
    this.problem = undefined;
    this.head = answer;
    this.#rows.set(page, answer.rows);
    for (const row of answer.rows) this.#look(row);
    this.#onChange();
  }

  #look(row: SessionRow): void {
    const { key, rev, updatedAt, turn, waiting, size } = row;
    const look = [rev, updatedAt, turn?.fence, turn?.status, waiting, size?.transcript].join();
    const former = this.#looks.get(key);
    if (former !== undefined && former !== look) this.#flashes.set(key, this.flashOf(key) + 1);
    if (this.#looks.size > LOOKS_MAX) this.#looks.clear();
    this.#looks.set(key, look);
  }
}
