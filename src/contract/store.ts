/** The public face: what a user of the library holds in hand. */
import type {
  Archive,
  Change,
  Entry,
  FormerTurn,
  NewRecord,
  Revision,
  SessionState,
  SessionSummary,
  TranscriptRecord,
} from '../model/state.ts';
import type { Backend } from './backend.ts';
import type { RepairReport, StoreFigures, VerifyReport } from './reports.ts';

/** Fields to set; `null` removes a field, `undefined` is ignored. */
export type Patch<E extends Entry> = { [F in keyof E]?: E[F] | null | undefined } & NoFunction;

/** TypeScript takes functions and promises for objects of open fields; what only they have tells them. */
interface NoFunction {
  [Symbol.hasInstance]?: never;
  [Symbol.toStringTag]?: never;
}

/** Preconditions, checked in the commit itself. */
export interface Preconditions {
  /** `REV_CONFLICT` unless the entry has this revision; 0: the session must not exist yet. */
  ifRev?: number;
  /** `SESSION_CHANGED` unless this conversation is active. */
  ifSessionId?: string;
  /** `SESSION_GONE` instead of creating a missing session. */
  ifExists?: boolean;
  /** Ends the wait for a busy session, never a commit that has begun. */
  signal?: AbortSignal;
}

export interface AppendOptions extends Preconditions {
  /** An id that was appended before returns the first record: exactly once. */
  id?: string;
}

export interface TranscriptOptions {
  /** An archived conversation; the active one when left out. */
  sessionId?: string;
  /** Only the last so many records. */
  last?: number;
  /** Only records whose `seq` is greater. */
  after?: number;
  /** Only records whose `seq` is smaller; with `last`, the last so many of those. */
  before?: number;
  /** What to do at bytes that do not decode. Default `skip` (told to `onWarning`). */
  onDamage?: 'skip' | 'throw';
}

export interface ResetOptions extends Preconditions {
  /** Kept with the archive. Default `reset`. */
  reason?: string;
  /** Fields that the new conversation takes along. Default `all`. */
  keep?: 'all' | 'none' | readonly string[];
}

export interface TurnOptions {
  /** Default `wait`: behind the running turn and those that wait already. */
  whenBusy?: 'wait' | 'reject' | 'interrupt';
  /** For people who look who holds the session. */
  label?: string;
  /** Milliseconds to wait; default: the store's `turnWaitMs`. */
  waitMs?: number;
  /** Milliseconds that an interrupted turn has to end before it is overtaken. Default 5,000. */
  graceMs?: number;
  /** Milliseconds after which this turn's own signal is aborted. Default: the store's `turnLimitMs`. */
  limitMs?: number;
  /** Ends the wait. After the turn has begun it aborts `turn.signal`. */
  signal?: AbortSignal;
}

/** A running turn. Every write through it carries its fence. */
export interface Turn<E extends Entry = Entry> {
  readonly key: string;
  readonly fence: number;
  readonly startedAt: number;
  /** The conversation in which the turn runs. */
  readonly sessionId: string;
  /** Aborted when the turn is interrupted, over its limit, overtaken, or its session was reset. */
  readonly signal: AbortSignal;
  /** How the turn before ended, when a crash cut it off or it was overtaken. */
  readonly previous?: FormerTurn;
  read(): Promise<SessionState<E> | undefined>;
  update(change: Patch<E> | ((entry: Readonly<E>) => Patch<E>)): Promise<SessionState<E>>;
  append(record: NewRecord, options?: { id?: string }): Promise<TranscriptRecord>;
}

/** Bytes of one session. */
export interface SessionSize {
  metadata: number;
  /** Of the active conversation. */
  transcript: number;
  /** Entries and transcripts of former conversations. */
  archives: number;
}

/** A session under one key, whether it exists yet or not. Cheap to make; holds nothing open. */
export interface Session<E extends Entry = Entry> {
  readonly key: string;
  readonly agentId: string;
  /** `undefined` when there is no such session. */
  read(): Promise<SessionState<E> | undefined>;
  update(
    change: Patch<E> | ((entry: Readonly<E>) => Patch<E>),
    preconditions?: Preconditions,
  ): Promise<SessionState<E>>;
  append(record: NewRecord, options?: AppendOptions): Promise<TranscriptRecord>;
  transcript(options?: TranscriptOptions): AsyncIterable<TranscriptRecord>;
  /**
   * Commits of the entry that the store still knows, newest first; the first is always the active
   * state's own. Empty for a missing session. A store on files knows those since the last fold, one
   * in PostgreSQL the newest. `last`: at most so many, 1 to 1,000; default 100.
   */
  revisions(options?: { last?: number }): Promise<Revision[]>;
  /** Bytes that the session takes. `undefined` when there is no such session. */
  size(): Promise<SessionSize | undefined>;
  turn<T>(run: (turn: Turn<E>) => T | Promise<T>, options?: TurnOptions): Promise<T>;
  /** Asks the running turn, in whichever process, to stop. `false` when none is running. */
  interrupt(options?: { graceMs?: number; reason?: string }): Promise<boolean>;
  reset(options?: ResetOptions): Promise<SessionState<E>>;
  archives(): Promise<Archive<E>[]>;
  restore(sessionId: string, preconditions?: Preconditions): Promise<SessionState<E>>;
  remove(preconditions?: Omit<Preconditions, 'ifExists'>): Promise<boolean>;
}

export interface ListOptions {
  agentId?: string;
  channel?: string;
  /** Milliseconds since the epoch, or a date. */
  updatedAfter?: number | Date;
  updatedBefore?: number | Date;
  limit?: number;
  /** Default `updated`: newest first. */
  order?: 'updated' | 'key';
}

/** Turns of one key that wait in this process. */
export interface Lane {
  key: string;
  /** A turn of this process is running. */
  running: boolean;
  waiting: number;
  /** Milliseconds that the one in front has waited; 0 when nobody waits. */
  oldestWaitMs: number;
}

/** What this process did through this store. */
export interface Activity {
  /** When the store was opened: milliseconds since the epoch. */
  openedAt: number;
  /**
   * Commits since then: updates, appends, resets, restores, removals, by a session or by a turn. One
   * that found nothing to change and resolved counts, too.
   */
  commits: number;
  /**
   * Of those that were acknowledged in the last minute, milliseconds from the call to the
   * acknowledgement, waiting included. All 0 when there was none.
   */
  lastMinute: { commits: number; p50: number; p99: number; longest: number };
  /** Longest that a turn waited until it began, of those that began in the last minute, in ms. */
  longestTurnWait: number;
}

export interface Warning {
  code: string;
  key?: string;
  message: string;
}

export interface MirrorOptions {
  /**
   * Milliseconds in which changes are collected before they are written. Default 5,000. It is longer
   * when a write takes more than a tenth of that.
   */
  debounceMs?: number;
  /** The version of OpenClaw as which it is written. Default `2026.7.1`. */
  version?: string;
}

export interface StoreOptions {
  /**
   * `process` (default): an acknowledged write survives `kill -9`. `power`: it also survives power
   * loss; each write waits for a sync, shared by the writes of one session that wait together.
   */
  durability?: 'process' | 'power';
  /**
   * A name for this opener. Opening the same location again in one process with the same name
   * fences the earlier store. Default: a fresh random name, which fences nobody.
   */
  instance?: string;
  /** Milliseconds that a commit waits for its session before `SESSION_BUSY`. Default 10,000. */
  lockWaitMs?: number;
  /** Milliseconds that a turn waits before `SESSION_BUSY`. Default: 600,000. */
  turnWaitMs?: number;
  /** Milliseconds after which a turn's signal is aborted; must be below `turnWaitMs`. Default: none. */
  turnLimitMs?: number;
  /** Turns that may wait per key in this process before `SESSION_BUSY`. Default 1,000. */
  laneMax?: number;
  /**
   * Descriptors kept open at most, running turns not counted; a session in use takes two or three.
   * Default: a quarter of what the system lets this process open, at most 4,096; at least 16.
   */
  openFilesMax?: number;
  /** Take missing steps of the schema in PostgreSQL; `false` refuses to open instead. Default: true. */
  migrate?: boolean;
  /**
   * Keeps `agents/<agent>/sessions/sessions.json` current for tools of OpenClaw that read it, and
   * takes over what they change in it. Only for a store on files. Default: false.
   */
  mirror?: boolean | MirrorOptions;
  /** Told what was tolerated: a bad path, a skipped range. Default: `process.emitWarning`. */
  onWarning?: (warning: Warning) => void;
}

export interface Store<E extends Entry = Entry> {
  readonly location: string;
  readonly kind: string;
  readonly instance: string;
  readonly supports: Backend['supports'];
  /** Throws `INVALID_KEY` at once. */
  session(key: string): Session<E>;
  list(options?: ListOptions): AsyncIterable<SessionSummary>;
  watch(options?: { signal?: AbortSignal }): AsyncIterable<Change>;
  /** Lanes of this process that run or wait. */
  lanes(): Lane[];
  /** What this process did through this store. Asks nobody; also after the store was closed. */
  activity(): Activity;
  verify(): Promise<VerifyReport>;
  /** Mends what `verify` reports, keeping damaged bytes aside. Default: a dry run. */
  repair(options?: { dryRun?: boolean }): Promise<RepairReport>;
  figures(): Promise<StoreFigures>;
  /** Waits for accepted work, then frees everything. Rejects when something could not be kept. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
