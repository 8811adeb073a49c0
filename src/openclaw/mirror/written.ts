/** What is known of the mirror that was written last. */
import type { Identity } from './file-facts.ts';
import type { Marks } from './marks.ts';

/** An entry of a session, as it stands in the file. */
export interface WrittenEntry {
  /** Of the session when it was written: with the same ones it need not be read again. */
  rev: number;
  updatedAt: number;
  /** Where its text, key included, lies in the file: bytes. */
  at: number;
  length: number;
  marks: Marks;
}

/** An entry that is no session of the store; it is another program's and stays in the file as it is. */
export interface CarriedEntry {
  /** The JSON of its value. */
  carried: string;
}

export type MirrorEntry = WrittenEntry | CarriedEntry;

/**
 * A write takes three steps: this, with everything in it, is written beside the file; the file gets
 * its name; this is told so (`placed`).
 *
 * | a crash | leaves | and then |
 * |---|---|---|
 * | before the first | the former two | nothing was written |
 * | between the first two | this, and the file before it | fields are compared with `former`, too: what the file has is no edit |
 * | between the last two | this, and its file, with `placed` missing | the file is known by its inode, size and time; it is no edit |
 */
export interface Written {
  dialect: string;
  /** The directory at that time: paths in the entries lie below it. */
  directory: string;
  file: Identity;
  placed: boolean;
  /** In the order of the file. */
  entries: Map<string, MirrorEntry>;
  /** What entries were in the file before, those only that are others now; `undefined`: not there. */
  former: Map<string, Marks | undefined>;
}

export function isCarried(entry: MirrorEntry | undefined): entry is CarriedEntry {
  return entry !== undefined && 'carried' in entry;
}
