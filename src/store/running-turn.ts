import type { Backend, TurnGrant } from '../contract/backend.ts';
import type { Turn } from '../contract/store.ts';
import { checkRecord } from '../model/record.ts';
import type { FormerTurn, NewRecord, SessionState, TranscriptRecord } from '../model/state.ts';
import type { ActivityLog } from './activity.ts';
import { appendAsk } from './append-ask.ts';
import { entryChange } from './entry-change.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { TurnControl } from './turn-control.ts';

/** A turn as the user's function holds it: every write carries its fence. */
export class RunningTurn implements Turn {
  readonly key: string;
  readonly fence: number;
  readonly startedAt: number;
  readonly sessionId: string;
  readonly signal: AbortSignal;
  readonly previous?: FormerTurn;
  readonly #backend: Backend;
  readonly #life: Lifecycle;
  readonly #control: TurnControl;
  readonly #activity: ActivityLog;

  constructor(
    backend: Backend,
    life: Lifecycle,
    control: TurnControl,
    key: string,
    grant: TurnGrant,
    activity: ActivityLog,
  ) {
    this.#backend = backend;
    this.#life = life;
    this.#control = control;
    this.#activity = activity;
    this.key = key;
    this.fence = grant.fence;
    this.startedAt = grant.startedAt;
    this.sessionId = grant.state.sessionId;
    this.signal = control.signal;
    if (grant.previous) this.previous = grant.previous;
  }

  read(): Promise<SessionState | undefined> {
    try {
      this.#check();
      return this.#life.track(this.#backend.read(this.key));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  update(change: unknown): Promise<SessionState> {
    return this.#commit(() => {
      const { key, fence } = this;
      return this.#backend.update(key, entryChange(key, change), { fence });
    });
  }

  append(record: NewRecord, options?: { id?: string }): Promise<TranscriptRecord> {
    return this.#commit(() => {
      const { key, fence } = this;
      const ask = appendAsk(options, 'turn.append');
      return this.#backend.append(key, checkRecord(record, key), ask, { fence });
    });
  }

  #commit<T>(call: () => Promise<T>): Promise<T> {
    try {
      this.#check();
      const since = this.#activity.begin();
      return this.#activity.commit(call(), since);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #check(): void {
    this.#life.check();
    if (this.#control.over) throw this.#control.over;
  }
}
