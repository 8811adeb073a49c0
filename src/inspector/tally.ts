import type { Count } from './wire.ts';

/** How many sessions there are of each name: of an agent, of a channel. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(name: string | undefined, by: 1 | -1): void {
    if (name === undefined) return;
    const count = (this.#counts.get(name) ?? 0) + by;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }

  /** The names with the most, at most `max` of them, largest first. */
  largest(max: number): Count[] {
    const least = this.#leastOf(max);
    const found: Count[] = [];
    for (const [name, count] of this.#counts) if (count >= least) found.push({ name, count });
    return found.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)).slice(0, max);
  }

  /** Numbers alone are sorted in a few milliseconds, also when every session has a name of its own. */
  #leastOf(max: number): number {
    if (this.#counts.size <= max) return 1;
    const counts = Uint32Array.from(this.#counts.values()).sort();
    return counts[counts.length - max] ?? 1;
  }
}
