/**
 * What a listing knows of one agent's sessions: a row each, kept current by tailing journals.
 *
 *     empty  --a saved list that can be continued--> loaded
 *     empty  --none--> scanned: every directory is looked at once, in slices
 *     loaded --journals grew--> the sessions that they name are looked at again
 *     named  --its log shows the revision, or its lock was seen free and the log was read after that
 *              --> settled; until then it is looked at again at every listing
 *     loaded --a journal that was not read to its end is gone, or has a bad line--> scanned
 *
 * It is a cache: deleting all its files costs one scan and loses nothing.
 */
import { HoldfastError } from '../../model/errors.ts';
import type { SessionSummary } from '../../model/state.ts';
import { summaryOf } from '../../model/summary.ts';
import { type AgentFiles, makeDirectory } from './agent-files.ts';
import type { FilesContext } from './files-context.ts';
import { type JournalLine, JournalReader, type Positions } from './journal-reader.ts';
import type { LogState } from './log-state.ts';
import { SavedList } from './saved-list.ts';
import { scanSessions } from './scan-sessions.ts';
import { Slices } from './slices.ts';

/** Changed rows after which the list is saved again: a tenth, and never for a handful. */
const SAVE_CHANGES_MIN = 64;

export class SessionIndex {
  readonly rows = new Map<string, SessionSummary>();
  readonly #context: FilesContext;
  readonly #agent: AgentFiles;
  readonly #reader: JournalReader;
  readonly #saved: SavedList;
  /** Keys that were named, with the revision that settles them; 0: only a lock seen free does. */
  readonly #pending = new Map<string, number>();
  #loaded = false;
  #unsaved = 0;
  #refreshing: Promise<void> | undefined;

  constructor(context: FilesContext, agent: AgentFiles) {
    this.#context = context;
    this.#agent = agent;
    this.#reader = new JournalReader(context.system, agent.paths.changes);
    this.#saved = new SavedList(context.system, agent.paths.changes);
  }

  /** Brings the rows up to every change that had resolved before the call. */
  async refresh(): Promise<void> {
    // A refresh that began earlier may have passed a journal before the change came into it.
    await this.#refreshing;
    this.#refreshing ??= this.#refreshOnce().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #refreshOnce(): Promise<void> {
    if (!this.#agent.check()) return this.rows.clear();
    if (!this.#loaded) this.#loaded = await this.#load();
    const lines = this.#loaded ? await this.#reader.read() : 'gap';
    if (lines === 'gap') await this.#scan();
    else for (const line of lines) this.#name(line);
    await this.#settle();
    if (this.#loaded && this.#unsaved >= Math.max(SAVE_CHANGES_MIN, this.rows.size / 10))
      await this.#save();
  }

  /** Keeps what is known for the next process. */
  async save(): Promise<void> {
    if (this.#loaded && this.#unsaved > 0) await this.#save();
  }

  #name({ key, rev, kind }: JournalLine): void {
    if (kind === 'append') return;
    const known = this.#pending.get(key);
    // Neither a removal nor a turn raises the revision: they are done when the lock is seen free.
    const isSilent = kind === 'remove' || kind === 'turn';
    // Journals are read one after the other, so an older line of another store may come later.
    this.#pending.set(key, isSilent || known === 0 ? 0 : Math.max(known ?? 0, rev));
  }

  async #load(): Promise<boolean> {
    const list = await this.#saved.read();
    if (!list) return false;
    for (const row of list.rows) this.rows.set(row.key, row);
    for (const key of list.pending) this.#pending.set(key, 0);
    this.#reader.continueAt(list.positions);
    return true;
  }

  async #scan(): Promise<void> {
    // Positions first: what happens during the scan is named again behind them.
    this.#reader.skipToEnd();
    this.rows.clear();
    this.#pending.clear();
    let unread = false;
    for await (const found of scanSessions(this.#context, this.#agent)) {
      unread ||= found.unread === true;
      if (found.summary) this.rows.set(found.summary.key, found.summary);
      else if (found.key !== undefined) this.#pending.set(found.key, 0);
    }
    // What could not be read now is there all the same, and not in the rows: the next listing scans.
    this.#loaded = !unread;
    this.#unsaved = unread ? 0 : Number.POSITIVE_INFINITY;
  }

  async #settle(): Promise<void> {
    const slices = new Slices(this.#context.system);
    for (const [key, rev] of this.#pending) {
      if (slices.due) await slices.rest();
      const session = this.#context.session(key);
      try {
        const free = session.lock.isFree();
        const state = await session.look();
        this.#put(key, state);
        if (free || (rev > 0 && (state?.rev ?? 0) >= rev)) this.#pending.delete(key);
      } catch (cause) {
        if (!(cause instanceof HoldfastError)) throw cause;
        // A damaged session is told, and shown as it last was; it never hides another one.
        this.#context.warn({ code: cause.code, key, message: cause.message });
        if (cause.lastGood) this.#put(key, cause.lastGood as LogState);
        if (cause.code === 'ENTRY_DAMAGED') this.#pending.delete(key);
      }
      this.#unsaved += 1;
    }
  }

  #put(key: string, state: LogState | undefined): void {
    if (!state || state.removed) this.rows.delete(key);
    else
      this.rows.set(key, summaryOf({ key, agentId: this.#context.session(key).agentId, ...state }));
  }

  async #save(): Promise<void> {
    const positions: Positions = this.#reader.positions;
    try {
      // Where nothing was written yet there is no journal either, and so no directory for both.
      makeDirectory(this.#context.system, this.#agent.paths.changes);
      await this.#saved.write(positions, [...this.#pending.keys()], this.rows);
      this.#unsaved = 0;
    } catch (cause) {
      this.#context.warn({
        code: 'LIST_NOT_SAVED',
        message: `The saved list was not written: ${(cause as Error).message}. The next process scans.`,
      });
    }
  }
}
