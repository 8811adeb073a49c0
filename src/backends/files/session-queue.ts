/**
 * Who may work on a session, in this process and between processes.
 *
 *     free    --exclusive, lock not held elsewhere--> locked --work done at once--> free
 *     locked  --the work is asynchronous--> busy --it settles--> free, or the next in line
 *     free    --lock held elsewhere, or somebody waits--> waiting: first come, first served
 *     waiting --lock taken--> locked, for a batch of those that wait
 *     waiting --deadline, abort, close--> rejected, nothing was done
 *
 * The common case, nobody competing, runs in one synchronous stretch without a promise of ours.
 */
import { HoldfastError } from '../../model/errors.ts';
import type { System } from '../../system/system.ts';
import { breathe, pause } from '../../system/timers.ts';

/** What the queue needs of the session that it guards. */
export interface Gate {
  readonly key: string;
  /**
   * Takes the kernel's lock and brings the state up to date. `in`: locked (or missing, when
   * nothing may be created); `busy`: held elsewhere; `behind`: call {@link catchUp} first.
   */
  enter(create: boolean): 'in' | 'busy' | 'behind';
  leave(): void;
  /** The lock is held and its directory is in place. */
  readonly inside: boolean;
  catchUp(): Promise<void>;
  /** For the message of a wait that ended at its deadline. */
  describeHolder(): string;
}

export interface ExclusiveOptions {
  /** Make the session's directory when it is missing. */
  create: boolean;
  signal?: AbortSignal | undefined;
}

interface Waiting {
  run: () => unknown;
  create: boolean;
  since: number;
  settled: boolean;
  resolve(value: unknown): void;
  reject(cause: unknown): void;
}

/** Pieces of work that may wait for one session: bounds memory when its disk refuses writes. */
const WAITING_MAX = 16_384;
/** Pieces of work done under one lock before other processes get their turn. */
const BATCH_MAX = 64;
/** Tries in the next rounds of the event loop before sleeping: a commit elsewhere takes microseconds. */
const QUICK_TRIES = 12;
const PAUSE_MS_MAX = 8;

export class SessionQueue {
  readonly #system: System;
  readonly #gate: Gate;
  readonly #waitMsMax: number;
  #line: Waiting[] = [];
  #busy = false;
  #pumping = false;

  constructor(system: System, gate: Gate, waitMsMax: number) {
    this.#system = system;
    this.#gate = gate;
    this.#waitMsMax = waitMsMax;
  }

  /** Nothing runs and nothing waits. */
  get idle(): boolean {
    return !this.#busy && !this.#pumping && this.#line.length === 0;
  }

  /** Runs `run` while this process holds the session. */
  exclusive<T>(run: () => T | Promise<T>, options: ExclusiveOptions): Promise<T> {
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.#busy || this.#line.length > 0) return this.#enqueue(run, options);
    try {
      if (this.#gate.enter(options.create) !== 'in') return this.#enqueue(run, options);
    } catch (cause) {
      return Promise.reject(cause);
    }
    return this.#runInside(run);
  }

  #runInside<T>(run: () => T | Promise<T>): Promise<T> {
    let result: T | Promise<T>;
    try {
      result = run();
    } catch (cause) {
      this.#gate.leave();
      return Promise.reject(cause);
    }
    if (!(result instanceof Promise)) {
      this.#gate.leave();
      return Promise.resolve(result);
    }
    this.#busy = true;
    return result.finally(() => {
      this.#busy = false;
      this.#gate.leave();
      this.#pump();
    });
  }

  #enqueue<T>(run: () => T | Promise<T>, { create, signal }: ExclusiveOptions): Promise<T> {
    if (this.#line.length >= WAITING_MAX) {
      return Promise.reject(this.#busyError(`${WAITING_MAX} changes of it wait already`));
    }
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = {
        run,
        create,
        since: this.#system.clock.elapsed(),
        settled: false,
        resolve: resolve as (value: unknown) => void,
        reject,
      };
      if (signal) {
        const abort = () => {
          if (waiting.settled) return;
          waiting.settled = true;
          reject(signal.reason);
        };
        signal.addEventListener('abort', abort, { once: true });
        waiting.resolve = (value) => {
          signal.removeEventListener('abort', abort);
          resolve(value as T);
        };
        waiting.reject = (cause) => {
          signal.removeEventListener('abort', abort);
          reject(cause);
        };
      }
      this.#line.push(waiting);
      this.#pump();
    });
  }

  #pump(): void {
    if (this.#pumping || this.#busy || this.#line.length === 0) return;
    this.#pumping = true;
    void this.#serve().finally(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  async #serve(): Promise<void> {
    // Whoever found the line empty for a moment went in directly; its end serves those behind it.
    for (let tries = 0; this.#line.length > 0 && !this.#busy; tries++) {
      const head = this.#line[0] as Waiting;
      if (head.settled) {
        this.#line.shift();
        continue;
      }
      let entered: 'in' | 'busy' | 'behind';
      try {
        entered = this.#gate.enter(head.create);
        if (entered === 'behind') await this.#gate.catchUp();
      } catch (cause) {
        this.#line.shift();
        this.#settle(head, () => head.reject(cause));
        continue;
      }
      if (entered === 'in') {
        tries = -1;
        await this.#serveBatch();
        // However many wait: other sessions of this process and other processes go on in between.
        if (this.#line.length > 0) await breathe(this.#system.timers);
      } else if (entered === 'busy') {
        this.#refuseLate();
        await this.#backOff(tries);
      }
    }
  }

  /** Serves those in front while the lock is held, and gives it back. */
  async #serveBatch(): Promise<void> {
    this.#busy = true;
    try {
      for (let served = 0; served < BATCH_MAX && this.#line.length > 0; served++) {
        const head = this.#line[0] as Waiting;
        // After a removal, or where there was nothing to lock, the next one has to look again.
        if (served > 0 && !this.#gate.inside) break;
        this.#line.shift();
        if (head.settled) continue;
        head.settled = true;
        try {
          const result = head.run();
          head.resolve(result instanceof Promise ? await result : result);
        } catch (cause) {
          head.reject(cause);
        }
      }
    } finally {
      this.#busy = false;
      this.#gate.leave();
    }
  }

  #settle(waiting: Waiting, how: () => void): void {
    if (waiting.settled) return;
    waiting.settled = true;
    how();
  }

  #refuseLate(): void {
    const now = this.#system.clock.elapsed();
    while (this.#line.length > 0) {
      const head = this.#line[0] as Waiting;
      if (!head.settled && now - head.since < this.#waitMsMax) return;
      this.#line.shift();
      this.#settle(head, () =>
        head.reject(
          this.#busyError(`not free within ${this.#waitMsMax} ms; ${this.#gate.describeHolder()}`),
        ),
      );
    }
  }

  #backOff(tries: number): Promise<void> {
    const { timers, random } = this.#system;
    if (tries < QUICK_TRIES) return breathe(timers);
    return pause(timers, 1 + random.fraction() * Math.min(PAUSE_MS_MAX, tries - QUICK_TRIES));
  }

  #busyError(why: string): HoldfastError {
    return new HoldfastError(
      'SESSION_BUSY',
      `Session ${JSON.stringify(this.#gate.key)} is busy: ${why}. Nothing was written; try again.`,
      { key: this.#gate.key },
    );
  }
}
