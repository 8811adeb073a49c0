import type { Store } from '../contract/store.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { SessionState } from '../model/state.ts';
import { summaryOf } from '../model/summary.ts';
import { ReadQueue } from './read-queue.ts';
import type { RowTable } from './row-table.ts';
import type { UpdateRate } from './update-rate.ts';
import type { World } from './world.ts';

const RECHECK_MS = 1_000;
/** Turns whose process may have died meanwhile, looked at in one second. */
const RECHECK_MAX = 100;

/** What a reader fills. */
interface Filled {
  table: RowTable;
  rate: UpdateRate;
  /** A session that was not known is a new one. */
  complete(): boolean;
}

/** Reads sessions into their rows: those that changed, and now and then those with a turn. */
export class RowReader {
  readonly #store: Store;
  readonly #world: World;
  readonly #filled: Filled;
  readonly #queue: ReadQueue;
  readonly #listeners = new Set<(key: string) => void>();
  /** Sessions that are known to have changed since they were read. */
  readonly #changed = new Set<string>();
  /** Sessions that could not be read and may be readable later. */
  #again = new Set<string>();
  #rechecked = '';
  #cancelRecheck: () => void;
  /** Keys read since a listing began, which is older than what was read. */
  fresh: Set<string> | undefined;

  constructor(store: Store, world: World, filled: Filled) {
    this.#store = store;
    this.#world = world;
    this.#filled = filled;
    this.#queue = new ReadQueue(world, (key) => this.#read(key));
    this.#cancelRecheck = world.after(RECHECK_MS, () => this.#recheck());
  }

  /** A session changed; it is read soon. */
  changed(key: string): void {
    this.#changed.add(key);
    this.#queue.add(key);
  }

  /** Whether the turn of a session runs is not known; it is read soon. */
  look(key: string): void {
    this.#queue.add(key);
  }

  /** Called with the key of each session that changed, after its row is current. */
  onChange(listener: (key: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#cancelRecheck();
    await this.#queue.close();
  }

  async #read(key: string): Promise<void> {
    const changed = this.#changed.delete(key);
    this.fresh?.add(key);
    const { table } = this.#filled;
    const before = table.rows.get(key);
    const turnBefore = before?.turn?.status;
    try {
      const state = await this.#store.session(key).read();
      if (state === undefined) table.remove(key);
      else if (changed || before === undefined || turnBefore !== state.turn?.status) {
        this.#take(state);
      }
    } catch (error) {
      this.#failed(key, error);
    }
    if (changed || table.rows.get(key)?.turn?.status !== turnBefore) {
      for (const listener of this.#listeners) listener(key);
    }
  }

  #take(state: SessionState): void {
    const { table, rate, complete } = this.#filled;
    const known = table.rows.get(state.key)?.summary;
    // Before all were seen, one that is not known may be as old as any; at least one update it had.
    rate.add(state.key, known ? state.rev - known.rev : complete() ? state.rev : 1);
    table.put(summaryOf(state), state.turn);
  }

  /** One that is damaged or busy keeps its row, and the others go on. */
  #failed(key: string, error: unknown): void {
    this.#filled.table.doubt(key);
    if (!isHoldfastError(error)) this.#world.warn(error as Error);
    else if (error.retry === 'later') this.#again.add(key);
  }

  /** That a process died is told by nobody: its turn is looked at now and then. */
  #recheck(): void {
    const { rows, turns } = this.#filled.table;
    const keys = [...turns].filter((key) => rows.get(key)?.turn?.status !== 'cut-off');
    const from = keys.indexOf(this.#rechecked) + 1;
    const next = [...keys.slice(from), ...keys.slice(0, from)].slice(0, RECHECK_MAX);
    this.#rechecked = next.at(-1) ?? '';
    for (const key of next) this.look(key);
    for (const key of this.#again) this.changed(key);
    this.#again = new Set();
    this.#cancelRecheck = this.#world.after(RECHECK_MS, () => this.#recheck());
  }
}
