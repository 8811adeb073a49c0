import type { JsonObject } from './json.ts';

/**
 * What an entry may hold: any plain JSON. Extend it for typed fields:
 * `interface MyEntry extends Entry { model?: string }` and `openStore<MyEntry>(...)`.
 */
// biome-ignore lint/suspicious/noExplicitAny: fields of an open entry are the user's own
export type Entry = { [field: string]: any };

/** Who runs a turn, for people to read. Nothing is ever decided by it. */
export interface Holder {
  host: string;
  pid: number;
  /** The `instance` option of the store that began the turn. */
  instance: string;
}

/** A turn as everybody sees it. */
export interface TurnState {
  /** Number of the turn: higher at every turn of the session; older numbers are refused. */
  fence: number;
  holder: Holder;
  label?: string;
  /** Milliseconds since the epoch, by the holder's clock; in PostgreSQL by the server's. */
  startedAt: number;
  /** `cut-off`: its process died; the next turn starts at once. */
  status: 'running' | 'cut-off';
  /** Set once somebody asked this turn to stop. */
  interrupted?: { at: number; reason: string };
}

/** How the turn before this one ended, when it did not end by itself. */
export interface FormerTurn {
  fence: number;
  holder: Holder;
  label?: string;
  startedAt: number;
  ended: 'cut-off' | 'overtaken';
}

/**
 * The state of a session at one revision: a copy of its own whose entry is frozen all the way, so
 * that changing it changes nothing in the store.
 */
export interface SessionState<E extends Entry = Entry> {
  key: string;
  /** The agent that the key names; `main` when it names none. */
  agentId: string;
  /** One up at every commit of the entry, never back; 1 for a new session. */
  rev: number;
  /** The conversation that is active under the key. */
  sessionId: string;
  entry: Readonly<E>;
  turn?: TurnState;
  /** Milliseconds since the epoch of the first commit under this key. */
  createdAt: number;
  /** Milliseconds since the epoch of the last commit; never goes back. */
  updatedAt: number;
}

/** One commit of an entry, as far back as the store still knows them. */
export interface Revision {
  rev: number;
  /** Milliseconds since the epoch. */
  at: number;
  sessionId: string;
  /** Fields that it set; those of a whole one are all of the entry. */
  set: Readonly<Entry>;
  /** Names of the fields that it removed. */
  unset: readonly string[];
  /** Everything before it is not known any more, or was replaced (a reset, a restore). */
  whole: boolean;
}

/** A row of a listing: what can be shown of a session without reading its entry. */
export interface SessionSummary {
  key: string;
  agentId: string;
  rev: number;
  sessionId: string;
  createdAt: number;
  updatedAt: number;
  /** From the key, else from the entry's `channel` or `lastChannel`. */
  channel?: string;
  /** The entry's `label` or `displayName`, at most 200 characters. */
  label?: string;
  turn?: Omit<TurnState, 'status'>;
}

/** A former conversation of a key. */
export interface Archive<E extends Entry = Entry> {
  sessionId: string;
  entry: Readonly<E>;
  /** What the reset was given as its reason. */
  reason: string;
  /** Milliseconds since the epoch at which the conversation began and was archived. */
  createdAt: number;
  archivedAt: number;
  /** Bytes of its transcript; 0 when it has none. */
  bytes: number;
}

/** A change as a watcher is told it. `rev` is the revision after the change. */
export interface Change {
  key: string;
  kind: 'update' | 'append' | 'reset' | 'restore' | 'remove' | 'turn';
  rev: number;
}

/** A record to append: plain JSON with a `type` (not `session`), as pi and OpenClaw write them. */
export interface NewRecord {
  type: string;
  /** Left out: the record becomes a child of the active leaf. */
  parentId?: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: records of other programs carry fields of their own
  [field: string]: any;
}

/** A record as it is stored. */
export interface TranscriptRecord extends Readonly<NewRecord> {
  readonly id: string;
  readonly parentId: string | null;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  /** Rises along the transcript; usable as `after`. Otherwise opaque, and not consecutive. */
  readonly seq: number;
}

export type { JsonObject };
