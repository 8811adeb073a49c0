import type { EntryPlace } from './entry-places.ts';

/** One conversation of a session that is to be made. */
export interface PlannedConversation {
  sessionId: string;
  /** Milliseconds since the epoch. */
  beganAt: number;
  updatedAt: number;
  /** Why and when another one followed; left out for the one that is active. */
  ended?: { reason: string; archivedAt: number };
  /** The name of its transcript, where that lies; left out when it has none yet. */
  file?: string;
  /** The entry that tells of it; left out for one of which only the transcript is known. */
  place?: EntryPlace;
}

/** A session that is to be made, or was made before. */
export interface PlannedSession {
  key: string;
  /** Oldest first; the last one is the active one. */
  conversations: PlannedConversation[];
  /** What was tolerated or put right, in sentences without their full stops. */
  told: string[];
  /** Made of a transcript to which no entry refers. */
  recovered: boolean;
}
