/** Which rows of a database become which session, and in which order. */
import { isSessionId } from '../../model/session-id.ts';
import { shown } from '../../model/text.ts';
import type { Where } from '../past-of.ts';
import type { PlannedConversation } from '../planned-session.ts';
import type { SessionTables, WindowRow } from './session-tables.ts';

/** A key whose entry can become a session. */
export interface Listed {
  key: string;
  /** The key as it stands in the database. */
  spelled: string;
  sessionId: string;
  updatedAt: number;
  createdAt: number;
  /** Ids of conversations that were this session's before, as far as the entry tells. */
  family: readonly string[];
  notice: string | undefined;
}

/** One conversation of a session that is to be made. */
export interface PlannedWindow {
  sessionId: string;
  /** Milliseconds since the epoch. */
  beganAt: number;
  updatedAt: number;
  /** Why and when another one followed; left out for the one that is active. */
  ended?: { reason: string; archivedAt: number };
  /** The key whose entry tells of it; left out for one of which only the window is known. */
  entryOf?: string;
  /** The rows of its transcript are this session's. */
  hasRows: boolean;
  /** The name of its transcript, for one that was a file already when the database came. */
  file?: string;
}

/** A session that is to be made, or to be made whole. */
export interface PlannedRows {
  key: string;
  /** Oldest first; the last one is the active one. */
  conversations: PlannedWindow[];
  /** What was tolerated or put right, in sentences without their full stops. */
  told: string[];
  /** Made of a transcript that belongs to no key. */
  recovered: boolean;
}

/** The conversations that belong together. */
export class Family {
  readonly #tables: SessionTables;
  readonly #windows = new Map<string, WindowRow[]>();
  /** The spelled key to which the transcript of a conversation belongs. */
  readonly #owners = new Map<string, string>();

  /** `refused`: keys whose entries, once they are mended, find their transcripts again. */
  constructor(
    tables: SessionTables,
    listed: readonly Listed[],
    refused: readonly { key: string }[],
  ) {
    this.#tables = tables;
    const spelled = new Set([...listed.map((entry) => entry.spelled), ...refused.map(keyOf)]);
    for (const window of tables.windows()) {
      if (!spelled.has(window.key)) continue;
      this.#owners.set(window.sessionId, window.key);
      const others = this.#windows.get(window.key);
      if (others === undefined) this.#windows.set(window.key, [window]);
      else others.push(window);
    }
    for (const entry of [...listed].sort((a, b) => b.updatedAt - a.updatedAt)) {
      if (!this.#owners.has(entry.sessionId)) this.#owners.set(entry.sessionId, entry.spelled);
    }
    for (const { key } of refused) {
      const current = String(tables.node(key)?.sessionId);
      if (!this.#owners.has(current)) this.#owners.set(current, key);
    }
  }

  /** Every conversation of which the database knows. */
  get ids(): string[] {
    return [...this.#owners.keys(), ...this.#tables.transcripts()];
  }

  /**
   * The session of a key, or why none can be made of it. `files`: former conversations of it that
   * never came into the database.
   */
  sessionOf(
    entry: Listed,
    variants: readonly Listed[],
    files: readonly PlannedConversation[],
  ): PlannedRows | { reason: string } {
    const spellings = [entry, ...variants];
    const names = new Set(spellings.map(({ spelled }) => spelled));
    const told = entry.notice === undefined ? [] : [entry.notice];
    if (entry.spelled !== entry.key) told.push(`its key was written ${shown(entry.spelled, 200)}`);
    const conversations = new Map<string, PlannedWindow>();
    const add = (window: PlannedWindow) => {
      if (!conversations.has(window.sessionId)) conversations.set(window.sessionId, window);
    };
    const active = this.#active(entry, names, told);
    add(active);
    for (const variant of variants) {
      const same = variant.sessionId === entry.sessionId;
      const what = same ? 'has the same conversation' : 'is one of its archives';
      told.push(`${shown(variant.spelled, 200)}, which is older, ${what}`);
      add(ended(this.#active(variant, names, told), 'case-variant', variant.updatedAt));
    }
    for (const { spelled } of spellings) {
      for (const window of this.#former(spelled, entry.updatedAt)) add(window);
    }
    for (const { updatedAt, ...file } of files) {
      add({ ...file, updatedAt: Math.min(updatedAt, entry.updatedAt), hasRows: false });
    }
    conversations.delete(active.sessionId);
    const former = [...conversations.values()].sort((a, b) => a.beganAt - b.beganAt);
    const all = [...former, active];
    const cold = this.#cold(all);
    if (cold !== undefined) return { reason: cold };
    return { key: entry.key, conversations: all, told, recovered: false };
  }

  /** Transcripts to which no key refers. */
  *recovered({ agentId, now }: Where): Generator<PlannedRows> {
    for (const sessionId of this.#tables.transcripts()) {
      if (this.#owners.has(sessionId) || !isSessionId(sessionId)) continue;
      const [first, last] = this.#tables.eventTimes(sessionId);
      const updatedAt = timeWithin(last, now) ?? now;
      const beganAt = timeWithin(first, updatedAt) ?? updatedAt;
      const key = `agent:${agentId}:recovered:${sessionId.toLowerCase()}`;
      const conversations = [{ sessionId, beganAt, updatedAt, hasRows: true }];
      yield { key, conversations, told: [], recovered: true };
    }
  }

  #active(entry: Listed, names: ReadonlySet<string>, told: string[]): PlannedWindow {
    const { sessionId, spelled, createdAt: beganAt, updatedAt } = entry;
    const owner = this.#owners.get(sessionId) as string;
    const hasRows = names.has(owner);
    if (!hasRows) {
      told.push(`its transcript ${sessionId} belongs to session ${shown(owner)}; a new one begins`);
    }
    return { sessionId, beganAt, updatedAt, entryOf: spelled, hasRows };
  }

  /** All windows of a key; the reason of one is why the one before it ended. */
  #former(spelled: string, until: number): PlannedWindow[] {
    const windows = (this.#windows.get(spelled) ?? []).filter((row) => isSessionId(row.sessionId));
    const began = (row: WindowRow) => timeWithin(row.createdAt, until) ?? 1;
    windows.sort((a, b) => began(a) - began(b) || (a.sessionId < b.sessionId ? -1 : 1));
    return windows.map((row, index) => {
      const next = windows[index + 1];
      const updatedAt = timeWithin(row.updatedAt, until) ?? began(row);
      const archivedAt = timeWithin(row.endedAt, until) ?? (next && began(next)) ?? updatedAt;
      const why = next?.reason;
      const reason = typeof why === 'string' && why !== 'initial' ? why : 'reset';
      const { sessionId } = row;
      return ended(
        { sessionId, beganAt: began(row), updatedAt, hasRows: true },
        reason,
        archivedAt,
      );
    });
  }

  #cold(conversations: readonly PlannedWindow[]): string | undefined {
    for (const { sessionId } of conversations) {
      const name = this.#tables.coldArchive(sessionId);
      if (name === undefined) continue;
      return `its transcript ${sessionId} lies in cold storage as ${shown(name)}, which is not read`;
    }
    return undefined;
  }
}

function keyOf({ key }: { key: string }): string {
  return key;
}

function ended(window: PlannedWindow, reason: string, archivedAt: number): PlannedWindow {
  return { ...window, ended: { reason, archivedAt } };
}

/** A time that can be believed: after 1970 and not later than this one. */
function timeWithin(time: unknown, latest: number): number | undefined {
  if (typeof time !== 'number' || !(time > 0)) return undefined;
  return Math.min(Math.floor(time), latest);
}
