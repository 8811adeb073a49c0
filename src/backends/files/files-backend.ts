import type {
  AppendAsk,
  Backend,
  EntryChange,
  Guard,
  ListQuery,
  NextConversation,
  Past,
  ResetAsk,
  TranscriptRange,
  TurnAsk,
  TurnGrant,
} from '../../contract/backend.ts';
import { mayCreate } from '../../contract/check-guard.ts';
import type { RepairReport, StoreFigures, VerifyReport } from '../../contract/reports.ts';
import type { SessionSize } from '../../contract/store.ts';
import type {
  Archive,
  Change,
  NewRecord,
  Revision,
  SessionState,
  SessionSummary,
  TranscriptRecord,
} from '../../model/state.ts';
import { acknowledge, acknowledgeRecord } from './acknowledge.ts';
import { adoptNext } from './adopt-next.ts';
import { adoptSession } from './adopt-session.ts';
import { appendRecord } from './append-record.ts';
import { listArchives } from './archive-files.ts';
import { beginTurn } from './begin-turn.ts';
import { resetSession, restoreSession } from './change-conversation.ts';
import { commitEntry } from './commit-entry.ts';
import { storeFigures } from './figures.ts';
import { endTurn, interruptTurn } from './interrupt-turn.ts';
import { typedError } from './io-error.ts';
import { listSessions } from './list-sessions.ts';
import type { LogState } from './log-state.ts';
import type { OpenedStore } from './opened-store.ts';
import { readRevisions } from './read-revisions.ts';
import { readTranscript } from './read-transcript.ts';
import { removeSession } from './remove-session.ts';
import { repairStore } from './repair.ts';
import { sessionSize } from './session-size.ts';
import { shownState } from './shown-state.ts';
import { verifyStore } from './verify.ts';
import { ChangeWatch } from './watch-changes.ts';

/** The files back end: every verb of the contract, as a call into the session that it is about. */
export class FilesBackend implements Backend {
  readonly kind = 'files';
  readonly supports = { processes: true, durable: true };
  readonly #store: OpenedStore;

  constructor(store: OpenedStore) {
    this.#store = store;
  }

  get location(): string {
    return this.#store.root;
  }

  read(key: string): Promise<SessionState | undefined> {
    const session = this.#store.session(key);
    let seen: LogState['turn'];
    const show = (
      state: LogState | undefined,
    ): SessionState | undefined | Promise<SessionState | undefined> => {
      const shown = state && shownState(this.#store, session, state);
      // The turn may have ended between the two looks; its end is in the log before its lock is free.
      if (shown?.turn?.status !== 'cut-off' || state?.turn === seen) return shown;
      seen = state?.turn;
      const again = session.look();
      return again instanceof Promise ? again.then(show) : show(again);
    };
    try {
      const state = session.look();
      return state instanceof Promise ? typed(state.then(show), key) : Promise.resolve(show(state));
    } catch (cause) {
      return Promise.reject(typedError(cause, key));
    }
  }

  update(key: string, change: EntryChange, guard: Guard): Promise<SessionState> {
    const session = this.#store.session(key);
    const run = () =>
      acknowledge(this.#store, session, commitEntry(this.#store, session, change, guard));
    return session
      .exclusive(run, { create: mayCreate(guard), signal: guard.signal })
      .then(published, (cause) => refuse(cause, key, guard.signal));
  }

  append(key: string, record: NewRecord, ask: AppendAsk, guard: Guard): Promise<TranscriptRecord> {
    const session = this.#store.session(key);
    const run = () =>
      acknowledgeRecord(
        this.#store,
        session,
        appendRecord(this.#store, session, record, ask, guard),
      );
    return session
      .exclusive(run, { create: mayCreate(guard), signal: guard.signal })
      .then(published, (cause) => refuse(cause, key, guard.signal));
  }

  transcript(key: string, range: TranscriptRange): AsyncIterable<TranscriptRecord> {
    return readTranscript(this.#store, this.#store.session(key), range);
  }

  revisions(key: string, { last }: { last: number }): Promise<Revision[]> {
    return typed(readRevisions(this.#store, this.#store.session(key), last), key);
  }

  size(key: string): Promise<SessionSize | undefined> {
    return typed(sessionSize(this.#store, this.#store.session(key)), key);
  }

  reset(key: string, ask: ResetAsk, guard: Guard): Promise<SessionState> {
    const session = this.#store.session(key);
    const run = () =>
      acknowledge(this.#store, session, resetSession(this.#store, session, ask, guard));
    return this.#change(key, run, guard, mayCreate(guard), 'it was reset');
  }

  archives(key: string): Promise<Archive[]> {
    return typed(listArchives(this.#store, this.#store.session(key)), key);
  }

  restore(key: string, sessionId: string, guard: Guard): Promise<SessionState> {
    const session = this.#store.session(key);
    const run = () =>
      acknowledge(this.#store, session, restoreSession(this.#store, session, sessionId, guard));
    return this.#change(key, run, guard, false, 'it was restored to another conversation');
  }

  async remove(key: string, guard: Guard): Promise<boolean> {
    const session = this.#store.session(key);
    const run = () => removeSession(this.#store, session, guard);
    const removing = session.exclusive(run, { create: false, signal: guard.signal });
    const removed = await typed(removing, key, guard.signal);
    if (removed) session.loseTurn('its session was removed');
    return removed;
  }

  adopt(key: string, past: Past): Promise<boolean> {
    const session = this.#store.session(key);
    const run = async () => {
      const shown = await adoptSession(this.#store, session, past);
      if (!shown) return { shown };
      const done = await acknowledge(this.#store, session, session.log.state as LogState);
      return { shown, ...(done.synced && { synced: done.synced }) };
    };
    return session.exclusive(run, { create: true }).then(published, (cause) => refuse(cause, key));
  }

  adoptNext(key: string, next: NextConversation, guard: Guard): Promise<SessionState> {
    const session = this.#store.session(key);
    const run = () =>
      acknowledge(this.#store, session, adoptNext(this.#store, session, next, guard));
    return this.#change(key, run, guard, false, 'another conversation was taken over');
  }

  list(query: ListQuery): AsyncIterable<SessionSummary> {
    return listSessions(this.#store, query);
  }

  watch(signal: AbortSignal): AsyncIterable<Change> {
    return new ChangeWatch(this.#store).changes(signal);
  }

  beginTurn(key: string, ask: TurnAsk): Promise<TurnGrant> {
    return typed(beginTurn(this.#store, this.#store.session(key), ask), key, ask.signal);
  }

  endTurn(key: string, fence: number): Promise<void> {
    return typed(endTurn(this.#store, this.#store.session(key), fence), key);
  }

  interrupt(key: string, ask: { graceMs: number; reason: string }): Promise<boolean> {
    return typed(interruptTurn(this.#store, this.#store.session(key), ask), key);
  }

  verify(): Promise<VerifyReport> {
    return typed(verifyStore(this.#store));
  }

  repair(ask: { dryRun: boolean }): Promise<RepairReport> {
    return typed(repairStore(this.#store, ask));
  }

  figures(): Promise<StoreFigures> {
    return typed(storeFigures(this.#store));
  }

  close(): Promise<void> {
    return typed(this.#store.close());
  }

  async #change(
    key: string,
    run: () => Acknowledged | Promise<Acknowledged>,
    guard: Guard,
    create: boolean,
    lost: string,
  ): Promise<SessionState> {
    const session = this.#store.session(key);
    const changing = session.exclusive(run, { create, signal: guard.signal });
    const done = await typed(changing, key, guard.signal);
    if (!session.turn?.counts(session.log.state)) session.loseTurn(lost);
    return published(done);
  }
}

type Acknowledged = { shown: SessionState; synced?: Promise<void> };

/** Rejects with errors of the closed list only. */
function typed<T>(call: Promise<T>, key?: string, signal?: AbortSignal): Promise<T> {
  return call.catch((cause) => refuse(cause, key, signal));
}

function refuse(cause: unknown, key?: string, signal?: AbortSignal): never {
  throw typedError(cause, key, signal);
}

/** What the caller gets, once it is as durable as the store promises. */
function published<T>(done: { shown: T; synced?: Promise<void> }): T | Promise<T> {
  return done.synced ? done.synced.then(() => done.shown) : done.shown;
}
