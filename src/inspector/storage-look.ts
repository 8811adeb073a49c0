import type { Store } from '../contract/store.ts';
import type { StorageView } from './wire.ts';
import { realWorld, type World } from './world.ts';

/** Whoever asks gets what is younger than that. */
const ASKED_MS = 5_000;
/** Without being asked, the store is looked at so often, and for at most a tenth of the time. */
const BY_ITSELF_MS = 30_000;
const COST_FACTOR = 10;

/** Counts and bytes of the whole store, which cost a look at every session: one look at a time. */
export class StorageLook {
  readonly #store: Store;
  readonly #world: World;
  #last: { view: StorageView; ended: number; costMs: number } | undefined;
  #underWay: Promise<StorageView> | undefined;

  constructor(store: Store, world: World = realWorld) {
    this.#store = store;
    this.#world = world;
  }

  /** What was seen last; nothing before the first look has ended. */
  get last(): StorageView | undefined {
    return this.#last?.view;
  }

  /** At most five seconds old. */
  async asked(): Promise<StorageView> {
    if (this.#last !== undefined && this.#age(this.#last) < ASKED_MS) return this.#last.view;
    return await this.#look();
  }

  /** Somebody looks at the overview: begins another look when the last one is old. */
  refresh(): void {
    const last = this.#last;
    const dueMs = Math.max(BY_ITSELF_MS, (last?.costMs ?? 0) * COST_FACTOR);
    if (this.#underWay !== undefined || (last !== undefined && this.#age(last) < dueMs)) return;
    // An overview goes on without its bytes; who asks for them alone is told why there are none.
    this.#look().catch(() => undefined);
  }

  #age({ ended }: { ended: number }): number {
    return this.#world.elapsed() - ended;
  }

  #look(): Promise<StorageView> {
    this.#underWay ??= this.#find().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #find(): Promise<StorageView> {
    const begun = this.#world.elapsed();
    const view = { at: this.#world.now(), figures: await this.#store.figures() };
    const ended = this.#world.elapsed();
    this.#last = { view, ended, costMs: ended - begun };
    return view;
  }
}
