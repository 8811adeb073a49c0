import { entryBytes } from '../../model/patch.ts';
import { agentOf } from '../../model/session-key.ts';
import type { Entry, Revision, SessionState, TranscriptRecord } from '../../model/state.ts';
import type { TurnPlace } from './turn-place.ts';

/** One conversation with its transcript, active or archived. */
export interface Conversation {
  readonly sessionId: string;
  readonly createdAt: number;
  readonly records: TranscriptRecord[];
  readonly byId: Map<string, TranscriptRecord>;
  /** The record that the next one becomes a child of. */
  leaf: string | null;
}

/** A conversation that a reset or a restore put away, with the entry that it had then. */
export interface PutAway {
  readonly conversation: Conversation;
  readonly entry: Readonly<Entry>;
  readonly reason: string;
  readonly archivedAt: number;
}

/** A session as this back end keeps it. The entry is frozen and replaced as a whole. */
export interface HeldSession {
  readonly key: string;
  readonly createdAt: number;
  updatedAt: number;
  rev: number;
  entry: Readonly<Entry>;
  conversation: Conversation;
  /** Newest first. */
  archives: PutAway[];
  /** Oldest first, the first of them whole. */
  revisions: Revision[];
}

export function newConversation(sessionId: string, createdAt: number): Conversation {
  return { sessionId, createdAt, records: [], byId: new Map(), leaf: null };
}

/** What a reader is given: frozen, and no part of it changes later. */
export function stateOf(session: HeldSession, place: TurnPlace): SessionState {
  const turn = place.shown;
  return Object.freeze({
    key: session.key,
    agentId: agentOf(session.key),
    rev: session.rev,
    sessionId: session.conversation.sessionId,
    entry: session.entry,
    ...(turn && { turn }),
    createdAt: session.createdAt,
    updatedAt: session.updatedAt,
  });
}

/** Bytes of a transcript as JSON lines. */
export function transcriptBytes(conversation: Conversation): number {
  return conversation.records.reduce(
    (bytes, record) => bytes + Buffer.byteLength(JSON.stringify(record)) + 1,
    0,
  );
}

/** Bytes of an archive: its entry and its transcript. */
export function archivedBytes({ entry, conversation }: PutAway): number {
  return entryBytes(entry) + transcriptBytes(conversation);
}
