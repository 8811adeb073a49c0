import { LIMITS } from '../../model/limits.ts';
import { checkEntryBytes, entryBytes } from '../../model/patch.ts';
import type { Entry } from '../../model/state.ts';

/** A unit of a string becomes at most so many bytes. */
const UTF8_BYTES_MAX = 3;

/** Keeps an entry below its limit, counting all of it only when it comes near. */
export class EntrySize {
  /** At most so many bytes has the entry as JSON. */
  #most = Number.POSITIVE_INFINITY;

  /** Refuses an entry that is too large after `units` of JSON text were added to it. */
  check(entry: Readonly<Entry>, units: number, key: string): void {
    this.#most += units * UTF8_BYTES_MAX;
    if (this.#most <= LIMITS.entryBytesMax) return;
    checkEntryBytes(entry, key);
    this.#most = entryBytes(entry);
  }
}
