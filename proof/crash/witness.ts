/**
 * What a writer notes of its own deeds in a file that outlives it: one line before each try and one
 * after it, each a single append. The truth about a crash lies outside those who crash.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';

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

/**
 * Opens the file of a writer. A kernel writes a line of several pages page by page, and a kill may
 * come between them: what the one before has left of a line is ended, so that ours is not glued to it.
 */
export function openWitness(path: string): number {
  const fd = openSync(path, 'a');
  const text = readFileSync(path, 'utf8');
  if (text !== '' && !text.endsWith('\n')) writeSync(fd, '\n');
  return fd;
}

/** The notes of one writer, oldest first. A line that a death cut off was never acted upon. */
export function notesOf(path: string): Note[] {
  const notes: Note[] = [];
  let torn: string | undefined;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    const note = noteOf(line);
    // Only the next process of the writer may come after what a death has left.
    if (torn !== undefined && note?.what !== 'begin') throw new Error(`a torn note: ${torn}`);
    torn = note === undefined ? line : undefined;
    if (note) notes.push(note);
  }
  return notes;
}

function noteOf(line: string): Note | undefined {
  try {
    return JSON.parse(line) as Note;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
