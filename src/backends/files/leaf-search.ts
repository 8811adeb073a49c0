import { LIMITS } from '../../model/limits.ts';
import type { ForeignRecord } from './transcript-line.ts';

/**
 * The active leaf of a transcript, looked for from its end backwards: the last record, unless a
 * `leaf` row behind it names another one. Records that were appended at the side do not count, nor
 * does a `leaf` row whose target is not in the transcript.
 *
 *     looking --an ordinary record--> found, if no leaf row waits for its target
 *     looking --a leaf row--> its target is looked for; what would count without it is kept
 *     waiting --the target--> found
 *     waiting --the beginning, or too far back--> the leaf row counts for nothing
 */
export class LeafSearch {
  #target: string | undefined;
  #fallback: string | null | undefined;
  #waited = 0;
  found: string | null | undefined;

  /** A `leaf` row still waits for its target. */
  get pending(): boolean {
    return this.#target !== undefined && this.found === undefined;
  }

  get done(): boolean {
    return this.found !== undefined;
  }

  /** Takes the record before those that it was shown already. */
  look(record: ForeignRecord): void {
    if (this.done) return;
    if (this.#target !== undefined) this.#wait(record);
    else if (record.type === 'leaf') this.#target = targetOf(record);
    else this.found = ordinary(record);
  }

  #wait(record: ForeignRecord): void {
    if (record.type === 'session' || this.#waited >= LIMITS.recordIdsRemembered) {
      this.found = this.#fallback ?? null;
      return;
    }
    this.#waited += 1;
    if (record.id === this.#target) this.found = this.#target;
    else if (this.#fallback === undefined && record.type !== 'leaf') {
      this.#fallback = ordinary(record);
    }
  }
}

function targetOf(record: ForeignRecord): string | undefined {
  const target = record.appendParentId ?? record.targetId;
  return typeof target === 'string' ? target : undefined;
}

function ordinary(record: ForeignRecord): string | null | undefined {
  if (record.type === 'session') return null;
  if (record.appendMode === 'side') return undefined;
  return typeof record.id === 'string' ? record.id : undefined;
}
