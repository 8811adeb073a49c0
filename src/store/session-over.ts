import type { Backend, TranscriptRange } from '../contract/backend.ts';
import type {
  AppendOptions,
  Preconditions,
  ResetOptions,
  Session,
  SessionSize,
  TranscriptOptions,
  Turn,
  TurnOptions,
} from '../contract/store.ts';
import { checkRecord } from '../model/record.ts';
import { checkSessionId } from '../model/session-id.ts';
import { agentOf, checkSessionKey } from '../model/session-key.ts';
import type {
  Archive,
  NewRecord,
  Revision,
  SessionState,
  TranscriptRecord,
} from '../model/state.ts';
import type { ActivityLog } from './activity.ts';
import { APPEND_CHECKS, idOf } from './append-ask.ts';
import { asChecked, checkOptions, milliseconds, oneOf, whole } from './check-options.ts';
import { entryChange } from './entry-change.ts';
import { GUARD_CHECKS, guardOf } from './guard.ts';
import { iterateWhileOpen } from './iterate-while-open.ts';
import type { Lifecycle } from './lifecycle.ts';
import { RESET_CHECKS, resetAsk } from './reset-ask.ts';
import { GRACE_MS } from './store-settings.ts';
import type { TurnRunner } from './turn-runner.ts';
import { LABEL_CHECK } from './turn-settings.ts';

const { ifExists: _ifExists, ...REMOVE_CHECKS } = GUARD_CHECKS;
const APPEND_AND_GUARD_CHECKS = { ...APPEND_CHECKS, ...GUARD_CHECKS };
const RESET_AND_GUARD_CHECKS = { ...RESET_CHECKS, ...GUARD_CHECKS };
const INTERRUPT_CHECKS = { graceMs: milliseconds, reason: LABEL_CHECK };
const TRANSCRIPT_CHECKS = {
  sessionId: asChecked(checkSessionId),
  last: whole(0),
  after: whole(0),
  before: whole(0),
  onDamage: oneOf('skip', 'throw'),
};
const REVISIONS_CHECKS = { last: whole(1, 1_000) };
const REVISIONS_LAST = 100;

/**
 * A session of any back end. The methods return the back end's own promise and are not `async`:
 * an update costs a few microseconds, and each such layer would add a tenth of one.
 */
export class SessionOver implements Session {
  readonly key: string;
  readonly agentId: string;
  readonly #backend: Backend;
  readonly #life: Lifecycle;
  readonly #turns: TurnRunner;
  readonly #activity: ActivityLog;

  constructor(
    key: string,
    backend: Backend,
    life: Lifecycle,
    turns: TurnRunner,
    activity: ActivityLog,
  ) {
    checkSessionKey(key);
    this.key = key;
    this.agentId = agentOf(key);
    this.#backend = backend;
    this.#life = life;
    this.#turns = turns;
    this.#activity = activity;
  }

  read(): Promise<SessionState | undefined> {
    return this.#call(() => this.#backend.read(this.key));
  }

  update(change: unknown, preconditions?: Preconditions): Promise<SessionState> {
    try {
      this.#life.check();
      const since = this.#activity.begin();
      const guard = guardOf(preconditions, 'update');
      const updating = this.#backend.update(this.key, entryChange(this.key, change), guard);
      return this.#activity.commit(updating, since);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  append(record: NewRecord, options?: AppendOptions): Promise<TranscriptRecord> {
    return this.#commit(() => {
      const guard = guardOf(options, 'append', APPEND_AND_GUARD_CHECKS);
      const checked = checkRecord(record, this.key);
      return this.#backend.append(this.key, checked, idOf(options), guard);
    });
  }

  transcript(options: TranscriptOptions = {}): AsyncIterable<TranscriptRecord> {
    return iterateWhileOpen(this.#life, () => {
      checkOptions(options, TRANSCRIPT_CHECKS, 'transcript');
      const { sessionId, last, after, before, onDamage = 'skip' } = options;
      const range: TranscriptRange = {
        ...(sessionId !== undefined && { sessionId }),
        ...(last !== undefined && { last }),
        ...(after !== undefined && { after }),
        ...(before !== undefined && { before }),
        onDamage,
      };
      return this.#backend.transcript(this.key, range);
    });
  }

  revisions(options?: { last?: number }): Promise<Revision[]> {
    return this.#call(() => {
      checkOptions(options, REVISIONS_CHECKS, 'revisions');
      return this.#backend.revisions(this.key, { last: options?.last ?? REVISIONS_LAST });
    });
  }

  size(): Promise<SessionSize | undefined> {
    return this.#call(() => this.#backend.size(this.key));
  }

  turn<T>(run: (turn: Turn) => T | Promise<T>, options?: TurnOptions): Promise<T> {
    return this.#turns.run(this.key, run, options);
  }

  interrupt(options?: { graceMs?: number; reason?: string }): Promise<boolean> {
    return this.#call(() => {
      checkOptions(options, INTERRUPT_CHECKS, 'interrupt');
      const { graceMs = GRACE_MS, reason = 'interrupt' } = options ?? {};
      return this.#backend.interrupt(this.key, { graceMs, reason });
    });
  }

  reset(options?: ResetOptions): Promise<SessionState> {
    return this.#commit(() => {
      const guard = guardOf(options, 'reset', RESET_AND_GUARD_CHECKS);
      return this.#backend.reset(this.key, resetAsk(options), guard);
    });
  }

  archives(): Promise<Archive[]> {
    return this.#call(() => this.#backend.archives(this.key));
  }

  restore(sessionId: string, preconditions?: Preconditions): Promise<SessionState> {
    return this.#commit(() => {
      checkSessionId(sessionId);
      return this.#backend.restore(this.key, sessionId, guardOf(preconditions, 'restore'));
    });
  }

  remove(preconditions?: Omit<Preconditions, 'ifExists'>): Promise<boolean> {
    return this.#commit(() => {
      const guard = guardOf(preconditions, 'remove', REMOVE_CHECKS);
      return this.#backend.remove(this.key, guard);
    });
  }

  /** Every refusal is a rejection, also the ones that are found before anything is awaited. */
  #call<T>(call: () => Promise<T>): Promise<T> {
    try {
      this.#life.check();
      return this.#life.track(call());
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #commit<T>(call: () => Promise<T>): Promise<T> {
    try {
      this.#life.check();
      const since = this.#activity.begin();
      return this.#activity.commit(call(), since);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
