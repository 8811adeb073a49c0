import type { Lane } from '../contract/store.ts';
import { Slices } from '../model/slices.ts';
import { sortInSlices } from '../model/sort-in-slices.ts';
import { lanesByKey, type RowQuery, rowFilter, rowOrder } from './row-query.ts';
import type { KeptRow, RowTable } from './row-table.ts';
import type { World } from './world.ts';

/** Queries whose answers are kept. */
const KEPT_MAX = 8;
/** Milliseconds for which whoever scrolls on sees the order in which they began. */
const SCROLL_MS = 2_000;
/** Of all time at most this part is spent on one query, however many sessions change. */
const COST_SHARE = 0.1;
const WAIT_MS_MAX = 2_000;

interface Answer {
  keys: string[];
  version: number;
  at: number;
  costMs: number;
}

/** Keys that fit a query, in its order: found in slices, and kept while that is right. */
export class SortedKeys {
  readonly #table: RowTable;
  readonly #lanes: () => Lane[];
  readonly #world: World;
  readonly #answers = new Map<string, Answer>();
  readonly #underWay = new Map<string, Promise<Answer>>();

  constructor(table: RowTable, lanes: () => Lane[], world: World) {
    this.#table = table;
    this.#lanes = lanes;
    this.#world = world;
  }

  async of(query: RowQuery, scrolling: boolean): Promise<readonly string[]> {
    const name = JSON.stringify(Object.entries(query).sort());
    const known = this.#answers.get(name);
    if (known !== undefined && this.#isRight(known, query, scrolling)) return known.keys;
    let work = this.#underWay.get(name);
    if (work === undefined) {
      work = this.#findWhenDue(query, known).finally(() => this.#underWay.delete(name));
      this.#underWay.set(name, work);
    }
    const answer = await work;
    this.#keep(name, answer);
    return answer.keys;
  }

  #isRight(answer: Answer, query: RowQuery, scrolling: boolean): boolean {
    const age = this.#world.elapsed() - answer.at;
    // Who waits and how old something is changes without a change of any row.
    const still = query.age === undefined && query.state === undefined && query.sort !== 'waiting';
    if (still && answer.version === this.#table.version) return true;
    return scrolling && age < SCROLL_MS;
  }

  /** Waits rather than tells what is no longer so: whoever asks may not ask again. */
  async #findWhenDue(query: RowQuery, known: Answer | undefined): Promise<Answer> {
    if (known !== undefined) {
      const pauseMs = Math.min(WAIT_MS_MAX, known.costMs / COST_SHARE);
      const leftMs = known.at + pauseMs - this.#world.elapsed();
      if (leftMs > 1) {
        await new Promise<void>((resolve) => this.#world.awaitedAfter(leftMs, resolve));
      }
    }
    return await this.#find(query);
  }

  async #find(query: RowQuery): Promise<Answer> {
    const begun = this.#world.elapsed();
    const { version } = this.#table;
    const lanes = lanesByKey(this.#lanes());
    const fits = rowFilter(query, lanes, this.#world.now());
    const slices = new Slices(this.#world);
    const found: KeptRow[] = [];
    for (const row of this.#table.rows.values()) {
      if (fits(row)) found.push(row);
      if (slices.due) await slices.rest();
    }
    const sorted = await sortInSlices(found, rowOrder(query, lanes), slices);
    const at = this.#world.elapsed();
    return { keys: sorted.map(({ summary }) => summary.key), version, at, costMs: at - begun };
  }

  #keep(name: string, answer: Answer): void {
    this.#answers.delete(name);
    this.#answers.set(name, answer);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > KEPT_MAX) this.#answers.delete(oldest);
  }
}
