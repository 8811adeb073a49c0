import type { Backend } from '../contract/backend.ts';
import { HoldfastError } from '../model/errors.ts';
import type { Archive, Entry, SessionState, TranscriptRecord } from '../model/state.ts';

/** One conversation of a session, and how it ended when another one followed. */
export interface Conversation {
  sessionId: string;
  entry: Readonly<Entry>;
  beganAt: number;
  ended?: { reason: string; archivedAt: number };
}

/** A session but for its records: what it is now, and its conversations, oldest first. */
export interface SessionView {
  state: SessionState;
  conversations: Conversation[];
}

/**
 * Reads of one session of one store. It is remembered which of them failed: a session that can not
 * be read stops no other one.
 */
export class SessionReader {
  readonly #backend: Backend;
  readonly #key: string;
  failure: unknown;

  constructor(backend: Backend, key: string) {
    this.#backend = backend;
    this.#key = key;
  }

  /** `undefined` when there is no such session. */
  async view(): Promise<SessionView | undefined> {
    return this.#told(async () => {
      const state = await this.#backend.read(this.#key);
      if (!state) return undefined;
      const archives = await this.#backend.archives(this.#key);
      return { state, conversations: conversationsOf(state, archives.reverse()) };
    });
  }

  /** `SESSION_CHANGED` unless the session is at the same revision still. */
  async checkSame({ state }: SessionView): Promise<void> {
    await this.#told(async () => {
      const now = await this.#backend.read(this.#key);
      if (now?.rev === state.rev && now.sessionId === state.sessionId) return;
      const message = `Session ${JSON.stringify(this.#key)} changed while it was read.`;
      throw new HoldfastError('SESSION_CHANGED', message, { key: this.#key });
    });
  }

  /** The records of a conversation, oldest first. Damage is no reason to leave something out. */
  async *records(sessionId: string): AsyncGenerator<TranscriptRecord, void> {
    try {
      yield* this.#backend.transcript(this.#key, { sessionId, onDamage: 'throw' });
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async #told<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }
}

function conversationsOf(state: SessionState, archives: readonly Archive[]): Conversation[] {
  const former = archives.map(({ sessionId, entry, createdAt, reason, archivedAt }) => ({
    sessionId,
    entry: withoutFile(entry),
    beganAt: createdAt,
    ended: { reason, archivedAt },
  }));
  const { sessionId, entry, createdAt } = state;
  // No store tells when the active conversation began; a reset began it when it ended the former one.
  const beganAt = archives.at(-1)?.archivedAt ?? createdAt;
  return [...former, { sessionId, entry: withoutFile(entry), beganAt }];
}

/** Where a transcript lies is the matter of each store. */
function withoutFile(entry: Readonly<Entry>): Readonly<Entry> {
  if (!Object.hasOwn(entry, 'sessionFile')) return entry;
  const { sessionFile: _file, ...rest } = entry;
  return rest;
}
