/**
 * One session's files as this process holds them: its log, its lock, its transcript, and the queue
 * of those who work on it. Every byte of a session is written from a function that runs inside
 * {@link SessionFiles.exclusive}.
 */
import { join } from 'node:path';
import { agentOf } from '../../model/session-key.ts';
import type { Change } from '../../model/state.ts';
import { breathe } from '../../system/timers.ts';
import type { AgentFiles } from './agent-files.ts';
import { finishRemoval } from './clear-away.ts';
import type { Holding } from './descriptor-pool.ts';
import { EntrySize } from './entry-size.ts';
import type { FilesContext } from './files-context.ts';
import { foldAgain } from './fold-log.ts';
import type { HeldTurn } from './held-turn.ts';
import { ioError } from './io-error.ts';
import { journalPrefix } from './journal.ts';
import { sessionFolder } from './layout.ts';
import type { LogState } from './log-state.ts';
import { makeSessionDirectory } from './make-session-directory.ts';
import { damagedLog, holderText } from './session-errors.ts';
import { SessionLock } from './session-lock.ts';
import { SessionLog } from './session-log.ts';
import { type ExclusiveOptions, type Gate, SessionQueue } from './session-queue.ts';
import { SyncGroup } from './sync-group.ts';
import { TranscriptLog } from './transcript-log.ts';

/** How often a session that is removed again and again is looked up before it is called busy. */
const LOOKUPS_MAX = 100;

export class SessionFiles implements Gate, Holding {
  readonly key: string;
  readonly agentId: string;
  readonly agent: AgentFiles;
  readonly directory: string;
  readonly log: SessionLog;
  readonly lock: SessionLock;
  readonly transcript: TranscriptLog;
  readonly syncs: SyncGroup;
  readonly #context: FilesContext;
  readonly #queue: SessionQueue;
  readonly #journalPrefix: string;
  /** The opening of the log for which the lock was seen to lie in the same directory. */
  #placed = -1;
  /** The lock is held and the state is up to date. */
  inside = false;
  descriptors = 0;
  /** Reads of the log that are under way: its descriptor must not become another file's. */
  #reading = 0;
  used = true;
  /** The fold that is under way; it never rejects. */
  fold: Promise<void> | undefined;
  /** A sync of this log failed: nothing in it is durable until it is written anew. */
  foldRequired = false;
  /** Calls of this store that wait for a turn here: it would begin where nobody looks after it. */
  waiting = 0;
  /** The turn that this store holds here. */
  turn: HeldTurn | undefined;
  /** The last fence given out here: a session that is removed and made anew uses none of them again. */
  fenceBefore = 0;
  readonly size = new EntrySize();

  constructor(context: FilesContext, key: string) {
    const { system } = context;
    this.#context = context;
    this.key = key;
    this.agentId = agentOf(key);
    this.agent = context.agent(this.agentId);
    this.directory = join(this.agent.paths.sessions, sessionFolder(key));
    this.log = new SessionLog(system, key, this.directory, (hash) => this.agent.blobs.read(hash));
    this.lock = new SessionLock(system, key, this.directory);
    this.transcript = new TranscriptLog(context, this);
    this.syncs = new SyncGroup(system);
    this.#queue = new SessionQueue(system, this, context.lockWaitMs);
    this.#journalPrefix = journalPrefix(key);
  }

  get idle(): boolean {
    const busy = this.inside || this.fold !== undefined || this.#reading > 0;
    return this.#queue.idle && !busy && this.syncs.idle;
  }

  get evictable(): boolean {
    return this.idle && this.turn === undefined && this.waiting === 0 && !this.foldRequired;
  }

  /** The state, `undefined` when there is no session. Throws when its log is damaged. */
  get state(): LogState | undefined {
    const { state, damage } = this.log;
    if (damage) throw damagedLog(this.#context.root, this);
    return state?.removed ? undefined : state;
  }

  /** The fence of the turn that may write from this store. */
  runningFence(state: LogState | undefined): number | undefined {
    return this.turn?.counts(state) ? this.turn.fence : undefined;
  }

  /** `fold`: it is the fold for which the others wait. */
  exclusive<T>(run: () => T | Promise<T>, options: ExclusiveOptions, fold = false): Promise<T> {
    const enter = () => this.#queue.exclusive(run, options);
    return this.foldRequired && !fold ? foldAgain(this.#context, this).then(enter) : enter();
  }

  /** The latest state, without a lock: lines are appended whole and in order. */
  look(): LogState | undefined | Promise<LogState | undefined> {
    this.used = true;
    if (!this.agent.check()) return undefined;
    try {
      if (this.log.refresh()) return this.state;
    } catch (cause) {
      throw ioError(cause, 'read', this.key);
    } finally {
      this.count();
    }
    return this.catchUp().then(() => this.look());
  }

  enter(create: boolean): 'in' | 'busy' | 'behind' {
    this.used = true;
    if (create) this.agent.make();
    else if (!this.agent.check()) return 'in';
    try {
      for (let look = 0; look < LOOKUPS_MAX; look++) {
        const entered = this.#enterOnce(create, look);
        if (entered !== 'again') return entered;
      }
    } catch (cause) {
      this.leave();
      throw ioError(cause, 'open', this.key);
    } finally {
      this.count();
    }
    return 'busy';
  }

  leave(): void {
    if (!this.inside) return;
    this.inside = false;
    this.lock.release();
    if (this.#context.pool.isOver) this.#context.pool.sweepLater(this.#context.system.timers);
  }

  catchUp(): Promise<void> {
    this.#reading += 1;
    return this.log.catchUp().finally(() => {
      this.#reading -= 1;
    });
  }

  describeHolder(): string {
    return holderText(this.#context.root, this);
  }

  /** Announces a change to those who list and watch. */
  note(rev: number, kind: Change['kind']): undefined | Promise<void> {
    return this.agent.journal.note(this.#journalPrefix, rev, kind);
  }

  /** After a removal: what is open belongs to a directory that was moved away. */
  forget(): void {
    this.inside = false;
    this.transcript.close();
    this.#close();
    this.log.forget();
    this.count();
  }

  release(): boolean {
    if (!this.idle) return false;
    this.#close();
    this.descriptors = 0;
    return true;
  }

  /** Resolves once nothing runs and nothing waits. */
  async quiet(): Promise<void> {
    while (!this.idle) await breathe(this.#context.system.timers);
  }

  /** Tells the turn of this store what others did to it. */
  async lookAfterTurn(): Promise<void> {
    const { turn } = this;
    if (!turn) return;
    const state = await this.look();
    if (this.turn !== turn) return;
    if (!turn.counts(state)) this.loseTurn('it was overtaken, or its session was reset or removed');
    else if (state?.turn?.interrupted) turn.interrupt(state.turn.interrupted.reason);
  }

  loseTurn(reason: string): void {
    const { turn } = this;
    this.turn = undefined;
    turn?.lose(reason);
  }

  /** Closes everything, whatever goes on: the store is being closed. */
  end(): void {
    this.loseTurn('the store was closed');
    this.#close();
    this.count();
  }

  /** Tells the pool how many descriptors are open now. */
  count(): void {
    const { log, lock, transcript } = this;
    const now = (log.fd < 0 ? 0 : 1) + (lock.fd < 0 ? 0 : 1) + (transcript.fd < 0 ? 0 : 1);
    const more = now - this.descriptors;
    if (more === 0) return;
    this.descriptors = now;
    if (more > 0) this.#context.pool.take(this, more);
    else this.#context.pool.gave(this, -more);
  }

  #enterOnce(create: boolean, looks: number): 'in' | 'busy' | 'behind' | 'again' {
    const { log, lock } = this;
    // The log first: a removal ends a log before it moves the directory, so a log that was opened
    // before the lock was taken says itself whether it still counts.
    if (log.fd < 0 && !log.refresh()) return 'behind';
    const taken = lock.tryTake();
    if (taken === 'busy') return 'busy';
    if (taken === 'missing') {
      // A log that was opened a moment ago lies in a directory that was moved away since.
      this.forget();
      if (!create) return 'in';
      makeSessionDirectory(this.#context.system, this.directory, this.agent.paths.removed, looks);
      return 'again';
    }
    this.inside = true;
    if (!log.refresh()) {
      this.leave();
      return 'behind';
    }
    // A log that was opened anew may lie in another directory than the lock that was kept open.
    const known = log.state !== undefined && !log.state.removed && this.#placed === log.openings;
    if (known) return 'in';
    this.#placed = log.openings;
    if (lock.isInPlace() && !(log.state?.removed && finishRemoval(this.#context, this, create)))
      return 'in';
    this.forget();
    return 'again';
  }

  #close(): void {
    this.log.close();
    this.lock.close();
    this.transcript.release();
  }
}
