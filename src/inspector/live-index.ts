import type { Store } from '../contract/store.ts';
import { HoldfastError, isHoldfastError } from '../model/errors.ts';
import { Slices } from '../model/slices.ts';
import type { Change, SessionSummary } from '../model/state.ts';
import { RowReader } from './row-reader.ts';
import { RowTable } from './row-table.ts';
import { UpdateRate } from './update-rate.ts';
import { realWorld, type World } from './world.ts';

/** Milliseconds after which a store that could not be listed or watched is tried again. */
const RETRY_MS = 1_000;

/**
 * The rows of all sessions of a store, kept current: it watches, lists once, and from then on reads
 * what changed. It holds some hundred bytes a session, and reads a few sessions at a time.
 */
export class LiveIndex {
  readonly table = new RowTable();
  readonly rate: UpdateRate;
  /** Every session was seen once. */
  complete = false;
  readonly #store: Store;
  readonly #world: World;
  readonly #reader: RowReader;
  readonly #end = new AbortController();
  readonly #working: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #failure: { error: unknown } | undefined;

  /** Begins at once. */
  constructor(store: Store, world: World = realWorld) {
    this.#store = store;
    this.#world = world;
    this.rate = new UpdateRate(world);
    const { table, rate } = this;
    this.#reader = new RowReader(store, world, { table, rate, complete: () => this.complete });
    this.#working = this.#work();
  }

  /** Throws why nothing can be told at the moment. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** Called with the key of each session that changed, after its row is current. */
  onChange(listener: (key: string) => void): () => void {
    return this.#reader.onChange(listener);
  }

  /** Waits until so many rows are there, all are, or so many milliseconds have gone by. */
  async ready(count: number, ms: number): Promise<void> {
    const until = this.#world.elapsed() + ms;
    for (;;) {
      const left = until - this.#world.elapsed();
      if (this.complete || this.#failure || left <= 0 || this.table.rows.size >= count) return;
      await this.#news(left, 'awaitedAfter');
    }
  }

  /** Ends it; the store is the caller's. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#tell();
    await this.#reader.close();
    await this.#working;
  }

  async #work(): Promise<void> {
    while (!this.#end.signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        this.#failure = { error };
        this.#tell();
        if (isHoldfastError(error) && error.code === 'STORE_CLOSED') return;
        await this.#news(RETRY_MS, 'after');
      }
    }
  }

  /** Until it is closed, or the store can not be listed or watched. */
  async #round(): Promise<void> {
    const round = new AbortController();
    const signal = AbortSignal.any([round.signal, this.#end.signal]);
    // Watched first: what changes while it is listed is not missed.
    const parts = [this.#follow(this.#store.watch({ signal }), signal), this.#list(signal)];
    try {
      await Promise.all(parts);
    } finally {
      round.abort();
      await Promise.allSettled(parts);
    }
  }

  async #follow(changes: AsyncIterable<Change>, signal: AbortSignal): Promise<void> {
    const slices = new Slices(this.#world);
    for await (const { key } of changes) {
      this.#reader.changed(key);
      if (slices.due) await slices.rest();
    }
    if (!signal.aborted) throw new HoldfastError('STORE_CLOSED', 'The store was closed.');
  }

  async #list(signal: AbortSignal): Promise<void> {
    const fresh = new Set<string>();
    const listed = new Set<string>();
    const slices = new Slices(this.#world);
    this.#reader.fresh = fresh;
    for await (const summary of this.#store.list()) {
      if (signal.aborted) return;
      listed.add(summary.key);
      if (!fresh.has(summary.key)) this.#take(summary);
      if (slices.due) {
        this.#tell();
        await slices.rest();
      }
    }
    for (const key of this.table.rows.keys()) {
      // Known from a round before, and gone since.
      if (!listed.has(key) && !fresh.has(key)) this.table.remove(key);
      if (slices.due) await slices.rest();
    }
    this.#reader.fresh = undefined;
    this.#failure = undefined;
    this.complete = true;
    this.#tell();
  }

  /** A listing does not know whether the process of a turn is alive: its session is read as well. */
  #take(summary: SessionSummary): void {
    const { turn } = summary;
    this.table.put(summary, turn && { ...turn, status: 'unknown' });
    if (turn !== undefined) this.#reader.look(summary.key);
  }

  /** Waits for more rows, a failure or the end, at most so long. */
  async #news(ms: number, timer: 'after' | 'awaitedAfter'): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#world[timer](ms, wake);
      this.#waiting.add(wake);
    });
  }

  #tell(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
