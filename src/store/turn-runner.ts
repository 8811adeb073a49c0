/**
 * Runs turns: through the lane of this process, then the back end's wait for other processes, then
 * the user's function, and always out again. `turn()` settles as the function does, also when the
 * turn was lost meanwhile; only a function that outlives its limit and its grace is left behind.
 */
import type { Backend } from '../contract/backend.ts';
import type { Turn, TurnOptions } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Holder } from '../model/state.ts';
import type { ActivityLog } from './activity.ts';
import type { Lanes } from './lanes.ts';
import type { Lifecycle } from './lifecycle.ts';
import { enclosingTurn, insideTurn } from './registry.ts';
import { RunningTurn } from './running-turn.ts';
import type { StoreSettings } from './store-settings.ts';
import type { Surroundings } from './surroundings.ts';
import { Ticket } from './ticket.ts';
import { TurnControl } from './turn-control.ts';
import { startTurnLimit } from './turn-limit.ts';
import { type TurnSettings, turnSettings } from './turn-settings.ts';

export interface TurnRunnerParts {
  readonly backend: Backend;
  readonly life: Lifecycle;
  readonly lanes: Lanes;
  readonly settings: StoreSettings;
  readonly surroundings: Surroundings;
  readonly activity: ActivityLog;
  readonly holder: Holder;
  /** What tells this store from others in the process, however often it was opened. */
  readonly place: string;
}

/** A turn that was granted to this store. */
interface Held {
  readonly control: TurnControl;
  readonly ticket: Ticket;
  readonly turn: RunningTurn;
}

export class TurnRunner {
  readonly #parts: TurnRunnerParts;
  readonly #held = new Set<Held>();

  constructor(parts: TurnRunnerParts) {
    this.#parts = parts;
  }

  async run<T>(
    key: string,
    run: (turn: Turn) => T | Promise<T>,
    options: TurnOptions | undefined,
  ): Promise<T> {
    const { life, settings, place } = this.#parts;
    life.check();
    if (typeof run !== 'function') throw new TypeError('turn needs a function that runs in it.');
    const asked = turnSettings(options, settings);
    refuseNested(place, key);
    const held = await this.#take(key, asked);
    return this.#carryOut(held, run, asked);
  }

  /** Takes every running turn away, because the store is closed. */
  loseAll(why: HoldfastError): void {
    for (const { control } of this.#held) control.lose(why);
  }

  /** Ends every turn that was taken away, so that other processes need not wait for its function. */
  async endAll(): Promise<void> {
    const { backend } = this.#parts;
    const ends = [...this.#held].map(({ turn }) => backend.endTurn(turn.key, turn.fence));
    for (const end of await Promise.allSettled(ends)) {
      if (end.status === 'rejected') throw end.reason;
    }
  }

  async #take(key: string, asked: TurnSettings): Promise<Held> {
    const { life, lanes, surroundings } = this.#parts;
    const ticket = new Ticket({
      interrupts: asked.whenBusy === 'interrupt',
      waitMs: asked.waitMs,
      since: surroundings.elapsed(),
    });
    const onAbort = () => ticket.abort.abort(asked.signal?.reason);
    asked.signal?.addEventListener('abort', onAbort);
    try {
      for (;;) {
        life.check();
        asked.signal?.throwIfAborted();
        await lanes.enter(key, ticket);
        try {
          return await this.#begin(key, ticket, asked);
        } catch (error) {
          lanes.leave(key, ticket);
          if (!ticket.takeBack()) throw error;
        }
      }
    } finally {
      asked.signal?.removeEventListener('abort', onAbort);
    }
  }

  async #begin(key: string, ticket: Ticket, asked: TurnSettings): Promise<Held> {
    const { backend, life, lanes, surroundings, activity, holder } = this.#parts;
    const { label, graceMs } = asked;
    const control = new TurnControl(key, () => lanes.leave(key, ticket));
    life.enter();
    try {
      const grant = await backend.beginTurn(key, {
        holder,
        ...(label !== undefined && { label }),
        waitMs: ticket.remainingMs(surroundings.elapsed()),
        ...(ticket.interrupts && {
          interrupt: { graceMs, reason: `${label ?? 'a newer turn'} interrupts` },
        }),
        signal: ticket.abort.signal,
        onInterrupt: (reason) => control.interrupted(reason),
        onLost: (reason) => control.lose(reason),
      });
      if (ticket.abort.signal.aborted) {
        await backend.endTurn(key, grant.fence);
        throw ticket.abort.signal.reason;
      }
      activity.turnBegan(ticket.since);
      const turn = new RunningTurn(backend, life, control, key, grant, activity);
      const held = { control, ticket, turn };
      if (control.running) lanes.hold(key, ticket);
      else lanes.leave(key, ticket);
      this.#held.add(held);
      return held;
    } finally {
      life.leave();
    }
  }

  async #carryOut<T>(
    held: Held,
    run: (turn: Turn) => T | Promise<T>,
    asked: TurnSettings,
  ): Promise<T> {
    const { settings, surroundings, place } = this.#parts;
    const { control, turn } = held;
    const { key, fence } = turn;
    const onAbort = () => control.askToStop(asked.signal?.reason);
    asked.signal?.addEventListener('abort', onAbort);
    const limit = startTurnLimit(turn, control, asked, settings.onWarning, surroundings);
    const context = {
      place,
      key,
      fence,
      get running() {
        return control.running;
      },
    };
    try {
      const outcome = insideTurn(context, async () => run(turn));
      const result = await limit.race(outcome);
      await this.#finish(held);
      return result;
    } catch (error) {
      // The user's error is the one to tell; that the turn could not be ended as well is a warning.
      await this.#finish(held).catch((second: unknown) => this.#warn(key, second));
      throw error;
    } finally {
      limit.stop();
      asked.signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the turn once, whatever became of it; a store that is being closed ends its turns itself. */
  async #finish(held: Held): Promise<void> {
    const { backend, life, lanes } = this.#parts;
    const { control, ticket, turn } = held;
    control.end();
    if (!life.open || !this.#held.delete(held)) return;
    try {
      await life.track(backend.endTurn(turn.key, turn.fence));
    } finally {
      lanes.leave(turn.key, ticket);
    }
  }

  #warn(key: string, error: unknown): void {
    const message = `The turn of session ${JSON.stringify(key)} failed, and ending it failed too: ${error}`;
    this.#parts.settings.onWarning({ code: 'TURN_NOT_ENDED', key, message });
  }
}

/** Waiting for the turn that one runs in would never end. */
function refuseNested(place: string, key: string): void {
  const outer = enclosingTurn(place, key);
  if (!outer) return;
  throw new HoldfastError(
    'SESSION_BUSY',
    `A turn of session ${JSON.stringify(key)} was asked for inside its turn ${outer.fence}, which would have to wait for itself. Pass the turn object on instead.`,
    { key },
  );
}
