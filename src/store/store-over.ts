import type { Backend } from '../contract/backend.ts';
import type { RepairReport, StoreFigures, VerifyReport } from '../contract/reports.ts';
import type {
  Activity,
  Lane,
  ListOptions,
  Session,
  Store,
  StoreOptions,
} from '../contract/store.ts';
import { HoldfastError, isHoldfastError } from '../model/errors.ts';
import type { Change, Entry, SessionSummary } from '../model/state.ts';
import { ActivityLog } from './activity.ts';
import { checkOptions, yesOrNo } from './check-options.ts';
import { iterateWhileOpen } from './iterate-while-open.ts';
import { Lanes } from './lanes.ts';
import { Lifecycle } from './lifecycle.ts';
import { listQuery } from './list-query.ts';
import { type Fenceable, resign, succeed } from './registry.ts';
import { SessionOver } from './session-over.ts';
import { type StoreSettings, storeSettings } from './store-settings.ts';
import { realSurroundings, type Surroundings } from './surroundings.ts';
import { TurnRunner } from './turn-runner.ts';
import { Watches } from './watches.ts';

const REPAIR_CHECKS = { dryRun: yesOrNo };

/** What `storeOver` can be told besides the options that users have. */
export interface StoreOverParts {
  /** Default: the real clock and machine. */
  surroundings?: Surroundings;
  /**
   * What two openings of the same store have in common in this process. Default: the back end's
   * location.
   */
  place?: string;
  /** What works on the back end besides the store, and ends before it is closed. */
  companion?: { close(): Promise<void> };
}

/**
 * The public face over a back end that was just opened, and from now on belongs to the store. A
 * store with the same place and `instance` in this process is fenced before the promise resolves.
 * When it rejects, the options were refused and the back end is still the caller's.
 */
export async function storeOver<E extends Entry = Entry>(
  backend: Backend,
  options?: StoreOptions,
  parts: StoreOverParts = {},
): Promise<Store<E>> {
  const settings = storeSettings(options);
  if (settings.mirror !== undefined && parts.companion === undefined) throw noMirror(backend.kind);
  const store = await StoreOver.open(backend, settings, parts);
  return store as unknown as Store<E>;
}

/** Only the files back end has a place where other programs look for one. */
export function noMirror(kind: string): HoldfastError {
  return new HoldfastError(
    'STORE_UNSUPPORTED',
    `A store of kind ${kind} can not have a mirror: only one in a directory, opened with openStore, has a place for it.`,
  );
}

class StoreOver implements Store {
  readonly location: string;
  readonly kind: string;
  readonly instance: string;
  readonly supports: Backend['supports'];
  readonly #backend: Backend;
  readonly #settings: StoreSettings;
  readonly #place: string;
  readonly #companion: StoreOverParts['companion'];
  readonly #life: Lifecycle;
  readonly #lanes: Lanes;
  readonly #turns: TurnRunner;
  readonly #watches: Watches;
  readonly #activity: ActivityLog;
  /** What a later store of the same name may do to this one. */
  readonly #fenceable: Fenceable = { fence: () => this.#fence() };

  static async open(backend: Backend, settings: StoreSettings, parts: StoreOverParts) {
    const store = new StoreOver(backend, settings, parts);
    await succeed(store.#place, store.instance, store.#fenceable);
    return store;
  }

  private constructor(backend: Backend, settings: StoreSettings, parts: StoreOverParts) {
    const { surroundings = realSurroundings, place = backend.location } = parts;
    this.location = backend.location;
    this.kind = backend.kind;
    this.instance = settings.instance ?? surroundings.newInstance();
    this.supports = backend.supports;
    this.#backend = backend;
    this.#settings = settings;
    this.#place = place;
    this.#companion = parts.companion;
    const life = new Lifecycle(backend.location);
    const lanes = new Lanes(surroundings, settings.laneMax, (key) => this.#holderOf(key));
    const { host, pid } = surroundings;
    const holder = Object.freeze({ host, pid, instance: this.instance });
    this.#life = life;
    this.#lanes = lanes;
    const activity = new ActivityLog(surroundings, life);
    this.#activity = activity;
    const shared = { backend, life, lanes, settings, surroundings, activity };
    this.#turns = new TurnRunner({ ...shared, holder, place });
    this.#watches = new Watches(backend, life);
  }

  session(key: string): Session {
    return new SessionOver(key, this.#backend, this.#life, this.#turns, this.#activity);
  }

  list(options?: ListOptions): AsyncIterable<SessionSummary> {
    return iterateWhileOpen(this.#life, () => this.#backend.list(listQuery(options)));
  }

  watch(options?: { signal?: AbortSignal }): AsyncIterable<Change> {
    return this.#watches.begin(options);
  }

  lanes(): Lane[] {
    return this.#lanes.report();
  }

  activity(): Activity {
    return this.#activity.report();
  }

  async verify(): Promise<VerifyReport> {
    this.#life.check();
    return this.#life.track(this.#backend.verify());
  }

  async repair(options?: { dryRun?: boolean }): Promise<RepairReport> {
    this.#life.check();
    checkOptions(options, REPAIR_CHECKS, 'repair');
    return this.#life.track(this.#backend.repair({ dryRun: options?.dryRun ?? true }));
  }

  async figures(): Promise<StoreFigures> {
    this.#life.check();
    return this.#life.track(this.#backend.figures());
  }

  close(): Promise<void> {
    return this.#close('it was closed by its owner');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Called when a later store takes this one's name; that one must not fail because of this one. */
  async #fence(): Promise<void> {
    const why = `another store was opened at this place as instance ${this.instance}`;
    try {
      await this.#close(why);
    } catch (error) {
      const message = `The store at ${this.location} was fenced and could not be closed in order: ${error}`;
      this.#settings.onWarning({ code: 'STORE_CLOSED', message });
    }
  }

  /**
   * Waits for the writes that were accepted, those of running turns included, but not for the
   * functions of those turns: they may take minutes. They are told by their signal, and whatever
   * they ask for later is refused with `STORE_CLOSED`.
   */
  #close(why: string): Promise<void> {
    const stop = () => {
      const refusal = this.#life.refusal();
      resign(this.#place, this.instance, this.#fenceable);
      this.#lanes.refuseAll(refusal);
      this.#turns.loseAll(refusal);
      this.#watches.endAll();
    };
    const free = async () => {
      try {
        await this.#turns.endAll();
      } finally {
        try {
          await this.#companion?.close();
        } finally {
          await this.#backend.close();
        }
      }
    };
    return this.#life.close(why, stop, free);
  }

  /** Who holds a session, for the message of a refusal: not knowing it must not change its code. */
  async #holderOf(key: string) {
    try {
      return (await this.#life.track(this.#backend.read(key)))?.turn;
    } catch (error) {
      if (isHoldfastError(error)) return undefined;
      throw error;
    }
  }
}
