/**
 * What the inspector's page and its handler say to each other. JSON over HTTP, below the place where
 * the handler is mounted; times are milliseconds since the epoch, sizes are bytes.
 *
 *     GET  api/about                                  About
 *     GET  api/overview                               Overview
 *     GET  api/sessions?q&agent&channel&state&age&sort&offset&limit    SessionsPage
 *     GET  api/session?key                            SessionView
 *     GET  api/transcript?key&sessionId&before&after&last              TranscriptPage
 *     GET  api/record?key&sessionId&seq               { record: TranscriptRecord }, however large
 *     GET  api/revisions?key&last                     { revisions: Revision[] }
 *     GET  api/storage                                StorageView
 *     GET  api/live?key                               server-sent events: LiveEvents by name
 *     POST api/act   Action as the body               what the action resolved to
 *
 * Every one needs `authorization: Bearer <token>`; `api/act` also `x-holdfast-action: 1`, which no
 * form and no foreign page can send. A refusal is a Refusal with a status of 4xx or 5xx.
 */
import type { StoreFigures } from '../contract/reports.ts';
import type { Activity, SessionSize } from '../contract/store.ts';
import type { ErrorCode } from '../model/errors.ts';
import type { SessionSummary, TranscriptRecord, TurnState } from '../model/state.ts';

export interface Refusal {
  error: {
    /**
     * `UNAUTHORIZED`, `FORBIDDEN`, `NOT_FOUND` and `BAD_REQUEST` are the handler's own; `FAULT` is a
     * fault in it.
     */
    code: ErrorCode | 'UNAUTHORIZED' | 'FORBIDDEN' | 'NOT_FOUND' | 'BAD_REQUEST' | 'FAULT';
    message: string;
    /** What to do about it, where there is something to do. */
    remedy?: string;
  };
}

export interface About {
  location: string;
  kind: string;
  /** Version of Holdfast. */
  version: string;
  /** Whether actions are allowed. */
  write: boolean;
  instance: string;
  pid: number;
}

export interface Overview {
  at: number;
  /** Sessions that the inspector has seen so far; `complete` once it has seen all. */
  sessions: number;
  complete: boolean;
  turns: { running: number; cutOff: number };
  /** Turns that wait in this process; those of other processes are known to them alone. */
  waiting: { turns: number; sessions: number; oldestMs: number };
  /** Commits of entries, of all processes, in the last second. */
  updatesPerSecond: number;
  /** Commits of this process. */
  activity: Activity;
  /** Of the whole store, looked at now and then; nothing before the first look has ended. */
  bytes?: StoreFigures['bytes'] & { at: number };
}

/** `unknown`: its session could not be read. */
export type RowTurn = Omit<TurnState, 'status'> & { status: TurnState['status'] | 'unknown' };

export type SessionRow = Omit<SessionSummary, 'turn'> & {
  turn?: RowTurn;
  /** Turns that wait in this process. */
  waiting: number;
  oldestWaitMs: number;
  /** Left out where it could not be found out. */
  size?: SessionSize;
};

/** `idle`: neither running nor waiting nor cut off. */
export type SessionRowState = 'running' | 'waiting' | 'cut-off' | 'idle';

export interface SessionsQuery {
  /** Any part of the key or the label, upper and lower case alike. */
  q?: string;
  agent?: string;
  channel?: string;
  state?: SessionRowState;
  /** Changed within so many milliseconds. */
  age?: number;
  /** Default `updated`, newest first; `key` and `agent` ascending, `turn` longest first. */
  sort?: 'updated' | 'created' | 'key' | 'agent' | 'channel' | 'rev' | 'turn' | 'waiting';
  reverse?: boolean;
  /** Default 0. */
  offset?: number;
  /** 1 to 200; default 50. */
  limit?: number;
}

export interface SessionsPage {
  /** Sessions that fit the query, and all. */
  total: number;
  all: number;
  /** False while the inspector still looks at the store for the first time. */
  complete: boolean;
  offset: number;
  rows: SessionRow[];
  /** What can be filtered by, with how many sessions each; the largest 100. */
  agents: Count[];
  channels: Count[];
}

export interface Count {
  name: string;
  count: number;
}

export interface SessionView {
  row: SessionRow;
  entry: Record<string, unknown>;
  createdAt: number;
  archives: {
    sessionId: string;
    reason: string;
    createdAt: number;
    archivedAt: number;
    bytes: number;
    label?: string;
  }[];
}

export interface TranscriptPage {
  sessionId: string;
  /** Oldest first. */
  records: TranscriptRecord[];
  /** Nothing lies before the first of them; with `after`, nothing between that and the first. */
  complete: boolean;
  /** Records too large to send, whose content was left out: by their `seq`. */
  shortened: number[];
}

export interface StorageView {
  at: number;
  figures: StoreFigures;
}

/** Events of `api/live`, by name. A stream begins with one `overview`. */
export interface LiveEvents {
  /** Once a second. */
  overview: Overview;
  /**
   * Sessions that changed, at most four times a second and 200 at a time; `more` when there were
   * others. With `key`, only of that session.
   */
  changes: { keys: string[]; more: boolean };
}

export type Action =
  | { action: 'reset'; key: string; reason?: string; keep?: 'all' | 'none' }
  | { action: 'restore'; key: string; sessionId: string }
  | { action: 'interrupt'; key: string; graceMs?: number; reason?: string }
  /** Sets a field of the entry; without `value` the field is removed. */
  | { action: 'edit'; key: string; field: string; value?: unknown; ifRev?: number }
  | { action: 'remove'; key: string; ifSessionId?: string }
  | { action: 'verify' }
  | { action: 'repair'; dryRun: boolean };
