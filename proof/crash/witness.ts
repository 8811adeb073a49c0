/**
 * What a writer notes of its own deeds in a file that outlives it: one line before each try and one
 * after it, each a single append. The truth about a crash lies outside those who crash.
 */
import { readFileSync } from 'node:fs';

export type Verb = 'update' | 'append' | 'reset' | 'restore' | 'remove';

/** A session as its only writer, or a fresh process, saw it. */
export interface Seen {
  rev: number;
  sessionId: string;
  /** The counter that every update raises. */
  n: number;
  /** Ids in the active transcript that callers gave. */
  ids: string[];
  /** Session ids of the archived conversations. */
  archives: string[];
}

export type Note =
  /** A new process of this writer begins, with what it saw of its own session. */
  | { at: number; what: 'begin'; key: string; seen: Seen | null }
  | { at: number; what: 'try'; try: string; verb: Verb; key: string; wanted?: string }
  /** `sessionId` and `rev` as they were acknowledged, where the verb tells them. */
  | { at: number; what: 'ack'; try: string; sessionId?: string; rev?: number; gone?: boolean }
  /** Refused with a typed error: by the laws nothing was changed. */
  | { at: number; what: 'refused'; try: string; code: string };

/** The notes of one writer, oldest first. A last line that was cut off was never acted upon. */
export function notesOf(path: string): Note[] {
  const text = readFileSync(path, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Note);
}
