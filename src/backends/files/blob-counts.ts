import type { StoreFigures } from '../../contract/reports.ts';

const BIGGEST_MAX = 10;

/** How large each stored value is and how often it is referred to, for the figures. */
export class BlobCounts {
  /** By hash: each agent has values of its own, and two may have the same one. */
  readonly #known = new Map<string, { hash: string; bytes: number; references: number }>();

  /** A file that holds a value. */
  found(hash: string, bytes: number): void {
    this.#of(hash).bytes = bytes;
  }

  /** A session refers to it. */
  referred(hash: string): void {
    this.#of(hash).references += 1;
  }

  /** Those that save most: each reference but the first is one copy less. */
  biggest(): StoreFigures['blobs']['biggest'] {
    const saves = ({ bytes, references }: { bytes: number; references: number }) =>
      bytes * (references - 1);
    return [...this.#known.values()]
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => saves(b) - saves(a) || (a.hash < b.hash ? -1 : 1))
      .slice(0, BIGGEST_MAX);
  }

  #of(hash: string) {
    let known = this.#known.get(hash);
    if (!known) {
      known = { hash, bytes: 0, references: 0 };
      this.#known.set(hash, known);
    }
    return known;
  }
}
