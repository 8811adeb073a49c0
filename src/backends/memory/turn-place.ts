/**
 * Where the turns of one key take place. It outlives the session, so that no fence is used twice.
 *
 *   free ──begin──▶ running ──end──▶ free
 *                   running ──ask──▶ running, asked to stop: its holder hears of it once
 *                   running ──lose─▶ free: its holder is told, and its fence is worth nothing
 *                   running ──cut──▶ free, shown as cut off until the next turn begins
 *
 * Whoever finds it running waits in `queue`, first come first served, those that interrupt in front
 * of the others. A place that becomes free goes to the head of the queue in the same step, so a
 * newcomer can not slip in between. Only the head presses: it asks the running turn to stop, and
 * overtakes it when its grace is over.
 */
import type { TurnAsk } from '../../contract/backend.ts';
import { busyWithTurn } from '../../contract/busy-with-turn.ts';
import type { FormerTurn, TurnState } from '../../model/state.ts';
import type { World } from './world.ts';

type Interrupt = NonNullable<TurnAsk['interrupt']>;

interface Running {
  /** Replaced, never changed, when the turn is asked to stop. */
  state: TurnState;
  readonly ask: TurnAsk;
  /** The opened store that began it. */
  readonly owner: object;
  readonly over: (() => void)[];
}

export interface Granted {
  state: TurnState;
  previous?: FormerTurn;
}

interface Waiter {
  readonly ask: TurnAsk;
  readonly owner: object;
  grant(): void;
  refuse(error: unknown): void;
  stopPressing?: (() => void) | undefined;
}

export class TurnPlace {
  readonly #world: World;
  readonly #key: string;
  /** Told at every beginning and end, and when a turn is asked to stop. */
  readonly #changed: () => void;
  /** Called before a turn begins: it creates a missing session. */
  readonly #prepare: () => void;
  readonly #queue: Waiter[] = [];
  #fence = 0;
  #running: Running | undefined;
  #cut: TurnState | undefined;
  #previous: FormerTurn | undefined;

  constructor(key: string, world: World, changed: () => void, prepare: () => void) {
    this.#key = key;
    this.#world = world;
    this.#changed = changed;
    this.#prepare = prepare;
  }

  /** The turn as everybody sees it. */
  get shown(): TurnState | undefined {
    return this.#running?.state ?? this.#cut;
  }

  get runningFence(): number | undefined {
    return this.#running?.state.fence;
  }

  begin(ask: TurnAsk, owner: object): Promise<Granted> {
    if (!this.#running && this.#queue.length === 0) return Promise.resolve(this.#grant(ask, owner));
    if (ask.waitMs === 0 && !ask.interrupt) return Promise.reject(this.#busy(0));
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiter), 1);
        settled();
        this.#press();
      };
      const onAbort = () => {
        leave();
        reject(ask.signal?.reason);
      };
      const stopWaiting = this.#world.after(ask.waitMs, () => {
        leave();
        reject(this.#busy(ask.waitMs));
      });
      const settled = () => {
        stopWaiting();
        waiter.stopPressing?.();
        waiter.stopPressing = undefined;
        ask.signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        ask,
        owner,
        grant: () => {
          settled();
          resolve(this.#grant(ask, owner));
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      ask.signal?.addEventListener('abort', onAbort);
      this.#enqueue(waiter);
    });
  }

  end(fence: number): void {
    if (this.#running?.state.fence === fence) this.#free(undefined);
  }

  /** Nothing of the running turn can be written any more; its holder hears it before anyone gets in. */
  lose(reason: string): void {
    this.#cut = undefined;
    const lost = this.#running;
    if (!lost) {
      // Another conversation begins, which has no former turn.
      this.#previous = undefined;
      return;
    }
    const previous = reason === 'overtaken' ? formerly(lost.state, 'overtaken') : undefined;
    this.#free(previous, () => lost.ask.onLost(reason));
  }

  /** What the death of a process would do to the turns and waiters of this opened store. */
  abandon(owner: object, error: unknown): void {
    for (const waiter of this.#queue.filter((each) => each.owner === owner)) waiter.refuse(error);
    const cut = this.#running;
    if (cut?.owner !== owner) return;
    this.#cut = Object.freeze({ ...cut.state, status: 'cut-off' as const });
    this.#free(formerly(cut.state, 'cut-off'));
  }

  /** Resolves once the turn that runs now is over; `graceMs` later it is lost. */
  interrupt(ask: Interrupt): Promise<boolean> {
    const running = this.#running;
    if (!running) return Promise.resolve(false);
    return new Promise((resolve) => {
      let stop: (() => void) | undefined;
      running.over.push(() => {
        stop?.();
        resolve(true);
      });
      stop = this.#pressOn(running, ask);
    });
  }

  #enqueue(waiter: Waiter): void {
    const behind = this.#queue.findIndex((each) => !each.ask.interrupt);
    if (waiter.ask.interrupt && behind >= 0) this.#queue.splice(behind, 0, waiter);
    else this.#queue.push(waiter);
    this.#press();
  }

  #press(): void {
    const head = this.#queue[0];
    if (!this.#running || !head?.ask.interrupt || head.stopPressing) return;
    head.stopPressing = this.#pressOn(this.#running, head.ask.interrupt);
  }

  #pressOn(running: Running, ask: Interrupt): () => void {
    const stop = this.#world.after(ask.graceMs, () => {
      if (this.#running === running) this.lose('overtaken');
    });
    if (!running.state.interrupted) {
      const interrupted = Object.freeze({ at: this.#world.now(), reason: ask.reason });
      running.state = Object.freeze({ ...running.state, interrupted });
      running.ask.onInterrupt(ask.reason);
      this.#changed();
    }
    return stop;
  }

  #grant(ask: TurnAsk, owner: object): Granted {
    this.#prepare();
    this.#fence += 1;
    const state: TurnState = Object.freeze({
      fence: this.#fence,
      holder: Object.freeze({ ...ask.holder }),
      ...(ask.label !== undefined && { label: ask.label }),
      startedAt: this.#world.now(),
      status: 'running',
    });
    const previous = this.#previous;
    this.#previous = undefined;
    this.#cut = undefined;
    this.#running = { state, ask, owner, over: [] };
    this.#changed();
    this.#press();
    return { state, ...(previous && { previous }) };
  }

  #free(previous: FormerTurn | undefined, tellHolder?: () => void): void {
    const over = this.#running?.over ?? [];
    this.#running = undefined;
    this.#previous = previous;
    this.#changed();
    tellHolder?.();
    for (const tell of over) tell();
    if (!this.#running) this.#queue.shift()?.grant();
  }

  #busy(waitedMs: number) {
    return busyWithTurn(this.#key, this.#running?.state, waitedMs);
  }
}

function formerly(turn: TurnState, ended: FormerTurn['ended']): FormerTurn {
  const { fence, holder, label, startedAt } = turn;
  return Object.freeze({ fence, holder, ...(label !== undefined && { label }), startedAt, ended });
}
