/**
 * The contract of a back end.
 *
 * Words (used everywhere, and no others): a **store** holds sessions; a **session key** says where a
 * conversation is routed and a **session id** which conversation is active under it; the **entry** is
 * the metadata, its **revision** counts **commits**; a **patch** is what a commit sets; the
 * **transcript** is append-only; a **turn** is one agent run with a **fence**; an **archive** is a
 * former conversation; a **fold** rewrites a metadata log; **adopt** takes over what another program
 * left, or another store has; **watch** tells changes as they happen.
 *
 * The store in front of a back end has checked keys, options, patches and records, orders calls with
 * open and close, and keeps the lanes of turns. A back end gets clean arguments. Its laws:
 *
 * 1. Commits of one session are in one total order over all processes. `rev` rises by exactly one at
 *    each commit of the entry and never for `append` or turns; `updatedAt` never goes back.
 * 2. What resolved survives the death of the process; with `durability: 'power'`, power loss too.
 * 3. A rejected call changed nothing, but for `OUTCOME_UNKNOWN`.
 * 4. A guard is checked in the commit itself, against the latest state, never before it.
 * 5. A read is never stale: what resolved anywhere before the read began is seen by it.
 * 6. Nothing done to one session delays, fails or rewrites another one.
 * 7. What is handed out is frozen or a copy. What is handed in is never kept or frozen.
 * 8. Missing (`undefined`), damaged (`ENTRY_DAMAGED`), unreadable (`IO_FAILED`, `UNSAFE_PATH`) and
 *    empty are four outcomes, never one in the place of another.
 */
import type {
  Archive,
  Change,
  Entry,
  FormerTurn,
  Holder,
  NewRecord,
  Revision,
  SessionState,
  SessionSummary,
  TranscriptRecord,
} from '../model/state.ts';
import type { RepairReport, StoreFigures, VerifyReport } from './reports.ts';
import type { SessionSize } from './store.ts';

/** Checked inside the commit. Each that is left out is not checked. */
export interface Guard {
  /** `REV_CONFLICT` unless the entry has this revision; 0 means that the session must not exist. */
  ifRev?: number;
  /** `SESSION_CHANGED` unless this conversation is active. */
  ifSessionId?: string;
  /** `SESSION_GONE` instead of creating a missing session. */
  ifExists?: boolean;
  /** `TURN_LOST` unless this turn is the running one. */
  fence?: number;
  /** Ends a wait for the session with the signal's reason; never ends a commit that has begun. */
  signal?: AbortSignal;
}

/** Fields to set (`null` removes one): already checked, and a copy whose values are frozen. */
export type CheckedPatch = Readonly<Record<string, unknown>>;

/**
 * A patch, or the function that computes it inside the commit from the latest entry (empty for a
 * missing session) and the active session id (`undefined` for a missing session). What it throws
 * rejects the call, and nothing was written.
 */
export type EntryChange =
  | CheckedPatch
  | ((entry: Readonly<Entry>, sessionId: string | undefined) => CheckedPatch);

export interface AppendAsk {
  /** Given by the caller for exactly-once; made by the back end otherwise. */
  id?: string;
}

export interface TranscriptRange {
  /** The active conversation when left out. */
  sessionId?: string;
  /** Only the last so many records, oldest first. */
  last?: number;
  /** Only records whose `seq` is greater. */
  after?: number;
  /** Only records whose `seq` is smaller; with `last`, the last so many of those. */
  before?: number;
  /** `throw`: reject with `TRANSCRIPT_DAMAGED` at the first damage instead of skipping it. */
  onDamage: 'skip' | 'throw';
}

export interface ResetAsk {
  reason: string;
  /** Fields that the new conversation takes along. */
  keep: 'all' | 'none' | readonly string[];
}

/** What another program, or another store, knows of a session that this one takes over. */
export interface Past {
  sessionId: string;
  entry: Readonly<Entry>;
  createdAt: number;
  updatedAt: number;
  /** Default 1. */
  rev?: number;
  /** When its conversation began. Default `createdAt`. */
  beganAt?: number;
}

/** The conversation that followed one that was taken over, and how that one ended. */
export interface NextConversation {
  /** Why and when the one that is active now was archived. */
  reason: string;
  archivedAt: number;
  sessionId: string;
  entry: Readonly<Entry>;
  beganAt: number;
  updatedAt: number;
}

export interface ListQuery {
  agentId?: string;
  channel?: string;
  updatedAfter?: number;
  updatedBefore?: number;
  limit?: number;
  /** Default `updated`: newest first. `key`: by key, ascending. */
  order: 'updated' | 'key';
}

export interface TurnAsk {
  holder: Holder;
  label?: string;
  /** Milliseconds to wait for a running turn; 0 refuses at once with `SESSION_BUSY`. */
  waitMs: number;
  /** Ask the running turn to stop, and overtake it when it has not ended after `graceMs`. */
  interrupt?: { graceMs: number; reason: string };
  signal?: AbortSignal;
  /** Called at most once, from any process's interrupt; the turn may still end in order. */
  onInterrupt(reason: string): void;
  /** Called at most once: overtaken, reset or removed. Nothing of the turn can be written any more. */
  onLost(reason: string): void;
}

export interface TurnGrant {
  fence: number;
  startedAt: number;
  state: SessionState;
  /** Set when the former turn was cut off by a crash or overtaken. */
  previous?: FormerTurn;
}

export interface BackendLimits {
  /** Milliseconds that a commit waits for its session. */
  lockWaitMs: number;
}

export interface Backend {
  /** `memory`, `files`, `postgres`, or a name of the author's. */
  readonly kind: string;
  /** Where it lies, for messages; no password in it. */
  readonly location: string;
  /** What this back end can not do is a documented limit, and switches the cases of the suite off. */
  readonly supports: {
    /** A second process may open the same location. */
    readonly processes: boolean;
    /** What resolved is there after the process has died. */
    readonly durable: boolean;
  };

  read(key: string): Promise<SessionState | undefined>;

  /** Creates a missing session at revision 1. A patch that changes nothing resolves without a commit. */
  update(key: string, change: EntryChange, guard: Guard): Promise<SessionState>;

  /**
   * One record, in one total order with every other record of the transcript. Creates a missing
   * session. An id seen before under the same session id resolves to the first record, or rejects
   * with `INVALID_ENTRY` when its content differs.
   */
  append(key: string, record: NewRecord, ask: AppendAsk, guard: Guard): Promise<TranscriptRecord>;

  /** Oldest first. `SESSION_GONE` for a session or a conversation that does not exist. */
  transcript(key: string, range: TranscriptRange): AsyncIterable<TranscriptRecord>;

  /**
   * The last so many commits of the entry, newest first, as far back as they are still known: at
   * least the one of the active revision. Each is one revision below the one before it. Fields that
   * a change set, put one after the other on those of an older whole one, give the entry. Empty for
   * a missing session.
   */
  revisions(key: string, ask: { last: number }): Promise<Revision[]>;

  /** Bytes of one session, at the cost of a look. `undefined` for a missing one. */
  size(key: string): Promise<SessionSize | undefined>;

  /**
   * Archives the active conversation and begins a new one, in one step. Loses a running turn.
   * Creates a missing session, with nothing to archive.
   */
  reset(key: string, ask: ResetAsk, guard: Guard): Promise<SessionState>;

  /** Newest first; empty for a session that was never reset or does not exist. */
  archives(key: string): Promise<Archive[]>;

  /**
   * Makes an archived conversation active again and archives the active one, in one step. Loses a
   * running turn. Resolves without a commit when the conversation is the active one; `SESSION_GONE`
   * when there is no such conversation.
   */
  restore(key: string, sessionId: string, guard: Guard): Promise<SessionState>;

  /**
   * The session with its transcripts and archives. Loses a running turn. `false` when there was
   * nothing, whatever the guard demands of it.
   */
  remove(key: string, guard: Guard): Promise<boolean>;

  /** Creates a session that has a past. `false`, and nothing changed, when the key exists. */
  adopt(key: string, past: Past): Promise<boolean>;

  /**
   * A reset whose results are given instead of made: archives the active conversation and begins
   * this one, in one step. Loses a running turn. `SESSION_GONE` for a missing session,
   * `INVALID_ENTRY` when the session has a conversation of this id already.
   */
  adoptNext(key: string, next: NextConversation, guard: Guard): Promise<SessionState>;

  list(query: ListQuery): AsyncIterable<SessionSummary>;

  /** Every change from the moment of the call on; several of one key may be told as the last one. */
  watch(signal: AbortSignal): AsyncIterable<Change>;

  /** Begins a turn, creating a missing session. Resolves when it is granted. */
  beginTurn(key: string, ask: TurnAsk): Promise<TurnGrant>;

  /** Ends a turn. A turn that was lost meanwhile is no error. */
  endTurn(key: string, fence: number): Promise<void>;

  /**
   * Asks the running turn to stop; `graceMs` later it is lost. Resolves when it has ended or is
   * lost; `false` when no turn was running.
   */
  interrupt(key: string, ask: { graceMs: number; reason: string }): Promise<boolean>;

  verify(): Promise<VerifyReport>;
  repair(ask: { dryRun: boolean }): Promise<RepairReport>;
  figures(): Promise<StoreFigures>;
  close(): Promise<void>;
}
