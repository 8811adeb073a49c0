/**
 * What an entry of the mirror was when it was written: a mark of every field, so that a later look
 * at the file sees which fields another program has changed, without a second copy of them.
 */
import { hash } from 'node:crypto';
import type { Entry } from '../../model/state.ts';

/** As long as a time in milliseconds; of a hash it is 78 bits. */
export const MARK_LENGTH = 13;

/** Two strings for each entry and no object for each field: there are tens of thousands of them. */
export interface Marks {
  /** Shared by all entries with the same fields in the same order. */
  readonly names: readonly string[];
  /** The marks of the fields, in the order of their names, one behind the other. */
  readonly values: string;
}

/** The lists of names that are in use, each once. */
export class FieldNames {
  readonly #known = new Map<string, readonly string[]>();

  same(names: readonly string[]): readonly string[] {
    const id = JSON.stringify(names);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    this.#known.set(id, names);
    return names;
  }
}

/** The JSON of a short value itself, filled up with blanks; of a longer one a hash. */
export function markOf(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.length <= MARK_LENGTH) return text.padEnd(MARK_LENGTH);
  return hash('sha256', text, 'base64url').slice(0, MARK_LENGTH);
}

export function marksOf(entry: Readonly<Entry>, names: FieldNames): Marks {
  const fields = Object.keys(entry);
  return { names: names.same(fields), values: fields.map((name) => markOf(entry[name])).join('') };
}

/** `undefined` when the entry had no such field. */
export function markIn(marks: Marks, field: string): string | undefined {
  const at = marks.names.indexOf(field);
  return at < 0 ? undefined : marks.values.slice(at * MARK_LENGTH, (at + 1) * MARK_LENGTH);
}
