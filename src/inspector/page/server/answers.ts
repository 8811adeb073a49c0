/** Parts of answers that have a name of their own here. */
import type { TranscriptPage } from '../../wire.ts';

/** One commit of an entry, newest first in an answer. */
export interface Revision {
  rev: number;
  at: number;
  sessionId: string;
  set: Readonly<Record<string, unknown>>;
  unset: readonly string[];
  /** Everything before it is not known any more, or was replaced. */
  whole: boolean;
}

/** A record of a transcript. */
export type TranscriptRecord = TranscriptPage['records'][number];
