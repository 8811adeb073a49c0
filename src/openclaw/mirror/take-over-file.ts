/** A whole file of another program: its edits, what is new in it, and what is kept beside. */

import { canonicalKey } from '../canonical-key.ts';
import { openLedger } from '../ledger.ts';
import type { WholeSessionsJson } from '../sessions-json.ts';
import { adoptNewEntries } from './adopt-new-entries.ts';
import { keepBeside } from './keep-beside.ts';
import { type Marks, markOf } from './marks.ts';
import type { MirrorContext } from './mirror-context.ts';
import type { MirrorNews } from './mirror-news.ts';
import type { SessionRows } from './session-rows.ts';
import { compareKnown, takeOverEdits } from './take-over-edits.ts';
import type { Written } from './written.ts';

/** A file of another program, as it was seen. */
export interface Seen {
  marks: ReadonlyMap<string, Marks>;
  /** Entries that are no sessions of the store, as JSON. */
  carried: ReadonlyMap<string, string>;
  order: readonly string[];
}

export class TakeOver {
  readonly #context: MirrorContext;
  readonly #news: MirrorNews;
  /** Of the conflicts that were kept last. */
  #kept: string | undefined;

  constructor(context: MirrorContext, news: MirrorNews) {
    this.#context = context;
    this.#news = news;
  }

  /** `written`: what was written last, if that is known. `rows`: the sessions of the agent. */
  async run(
    list: WholeSessionsJson,
    written: Written | undefined,
    rows: SessionRows,
  ): Promise<Seen> {
    const context = this.#context;
    const edits = await takeOverEdits(context, list, written);
    const unknown = await compareKnown(context, edits);
    const carried = await this.#adopt(list, unknown, written !== undefined, rows);
    this.#news.missing(edits.missing);
    this.#news.repeated(list.repeated);
    if (edits.conflicts.length > 0) {
      const theirs = Object.fromEntries(edits.conflicts.map(({ key, theirs }) => [key, theirs]));
      const text = JSON.stringify(theirs, null, 2);
      // The same ones come again when the file could not be replaced; they are kept once.
      if (this.#kept !== markOf(text)) {
        const name = await keepBeside(context.system, context.paths.directory, text);
        this.#kept = markOf(text);
        this.#news.conflicts(edits.conflicts, name, written !== undefined);
      }
    }
    return { marks: edits.seen, carried, order: list.entries.map(([key]) => key) };
  }

  /** Entries of no session become sessions; those that can not are carried along. */
  async #adopt(
    list: WholeSessionsJson,
    unknown: readonly [string, unknown][],
    isLater: boolean,
    rows: SessionRows,
  ): Promise<Map<string, string>> {
    const carried = new Map<string, string>();
    if (unknown.length === 0) return carried;
    const { system, paths } = this.#context;
    const ledger = await openLedger(system, paths.directory);
    try {
      // Before the first mirror a key that was adopted and has no session was removed since, and
      // another spelling of one is among the archives of that one.
      const isKnown = (key: string) => ledger.has(key) || rows.has(key);
      const fresh = isLater
        ? unknown
        : unknown.filter(([key]) => ![key, canonicalKey(key, this.#context)].some(isKnown));
      const refused = await adoptNewEntries(this.#context, new Map(fresh), list, rows, ledger);
      for (const { key, value } of refused) carried.set(key, JSON.stringify(value));
      this.#news.refused(refused);
    } finally {
      await ledger.close();
    }
    return carried;
  }
}
