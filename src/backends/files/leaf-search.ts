import { LIMITS } from '../../model/limits.ts';
import type { ForeignRecord } from './transcript-line.ts';

/**
 * The active leaf of a transcript, looked for from its end backwards: the last ordinary record,
 * unless a `leaf` row behind it names another one, or none at all (`null`: the next record begins the
 * tree anew). Records that were appended at the side do not count, nor does a `leaf` row whose
 * target is not in the transcript before it; of several rows the last one that counts does.
 *
 *     looking --a leaf row--> its target is looked for, too
 *     looking --an ordinary record--> found, or kept in case that no leaf row counts
 *     either  --the target of the last leaf row--> found
 *     either  --the beginning, or too far back--> what counts of what was seen
 */
export class LeafSearch {
  /** Targets that are looked for, each with the number of its row, counted from the end. */
  readonly #targets = new Map<string, number>();
  #rows = 0;
  /** The row nearest to the end whose target was seen. */
  #counts: { leaf: string | null } | undefined;
  #ordinary: string | undefined;
  #waited = 0;
  found: string | null | undefined;

  /** A `leaf` row still waits for its target. */
  get pending(): boolean {
    return this.#targets.size > 0 && !this.done;
  }

  get done(): boolean {
    return this.found !== undefined;
  }

  /** Takes the record before those that it was shown already. */
  look(record: ForeignRecord): void {
    if (this.done) return;
    if (record.type === 'session' || this.#waited >= LIMITS.recordIdsRemembered) {
      this.end();
      return;
    }
    if (this.#rows > 0) this.#waited += 1;
    const row = typeof record.id === 'string' ? this.#targets.get(record.id) : undefined;
    if (row !== undefined) this.#take(row, record.id as string);
    // Rows before the last ordinary record, or before one that counts, say nothing any more.
    if (this.#ordinary === undefined && this.#counts === undefined) {
      if (record.type === 'leaf') this.#addRow(record);
      else this.#ordinary = ordinary(record);
    }
    const known = this.#counts !== undefined || this.#ordinary !== undefined;
    if (known && this.#targets.size === 0) this.end();
  }

  /** There is nothing before what was seen. */
  end(): void {
    if (this.done) return;
    this.found = this.#counts ? this.#counts.leaf : (this.#ordinary ?? null);
  }

  #addRow(record: ForeignRecord): void {
    const row = this.#rows;
    this.#rows += 1;
    const target = record.appendParentId ?? record.targetId;
    if (target === null) this.#take(row, null);
    else if (typeof target === 'string' && !this.#targets.has(target))
      this.#targets.set(target, row);
  }

  /** A row counts, unless one behind it does. */
  #take(row: number, leaf: string | null): void {
    this.#counts = { leaf };
    for (const [target, of] of this.#targets) if (of >= row) this.#targets.delete(target);
  }
}

function ordinary(record: ForeignRecord): string | undefined {
  if (record.appendMode === 'side') return undefined;
  return typeof record.id === 'string' ? record.id : undefined;
}
