import type { Store } from '../contract/store.ts';
import { LiveIndex } from './live-index.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { World } from './world.ts';

/** Milliseconds after which what nobody looks at any more is given back. */
const IDLE_MS = 60_000;

/** An index, and what is found in it. */
export interface Indexed {
  index: LiveIndex;
  sorted: SortedKeys;
}

/**
 * The index of an inspector. It begins when somebody first looks, and ends a minute after nobody
 * does: mounted in a gateway, an inspector that is not open costs nothing.
 */
export class LookedAtIndex {
  readonly #store: Store;
  readonly #world: World;
  readonly #changed: (key: string) => void;
  #indexed: Indexed | undefined;
  #listeners = 0;
  #cancel: (() => void) | undefined;
  /** The one before, while it ends. */
  #ending: Promise<void> = Promise.resolve();

  /** @param changed called with the key of each session that changed */
  constructor(store: Store, world: World, changed: (key: string) => void) {
    this.#store = store;
    this.#world = world;
    this.#changed = changed;
  }

  /** The index for one request. */
  use(): Indexed {
    this.#indexed ??= this.#begin();
    this.#postpone();
    return this.#indexed;
  }

  /** The index for as long as somebody listens; the returned function ends that. */
  hold(): () => void {
    this.#listeners += 1;
    this.use();
    return () => {
      this.#listeners -= 1;
      this.#postpone();
    };
  }

  async close(): Promise<void> {
    this.#cancel?.();
    this.#end();
    await this.#ending;
  }

  #begin(): Indexed {
    const index = new LiveIndex(this.#store, this.#world);
    index.onChange(this.#changed);
    return { index, sorted: new SortedKeys(index.table, () => this.#store.lanes(), this.#world) };
  }

  #postpone(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#listeners > 0) return;
    this.#cancel = this.#world.after(IDLE_MS, () => this.#end());
  }

  #end(): void {
    const index = this.#indexed?.index;
    this.#indexed = undefined;
    if (index !== undefined) this.#ending = Promise.all([this.#ending, index.close()]).then();
  }
}
