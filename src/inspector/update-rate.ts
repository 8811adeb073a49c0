import type { World } from './world.ts';

const BUCKET_MS = 250;
const BUCKETS = 40;

interface Bucket {
  /** Number of its quarter of a second. */
  at: number;
  total: number;
  ofKey: Map<string, number>;
}

/** Updates per second and per session over the last ten seconds. */
export class UpdateRate {
  readonly #world: World;
  #buckets: Bucket[] = [];

  constructor(world: World) {
    this.#world = world;
  }

  add(key: string, count: number): void {
    if (count <= 0) return;
    const bucket = this.#now();
    bucket.total += count;
    bucket.ofKey.set(key, (bucket.ofKey.get(key) ?? 0) + count);
  }

  /** Updates in the last second; of the bucket that it cuts through, the part that lies in it. */
  perSecond(): number {
    const exact = this.#world.elapsed() / BUCKET_MS;
    const now = Math.floor(exact);
    const first = now - 1_000 / BUCKET_MS;
    let sum = 0;
    for (const { at, total } of this.#buckets) {
      if (at > first) sum += total;
      else if (at === first) sum += total * (1 - (exact - now));
    }
    return Math.round(sum);
  }

  /** The sessions with the most updates in the last ten seconds, at most `max`. */
  movers(max: number): { key: string; updates: number }[] {
    this.#forget();
    const sums = new Map<string, number>();
    for (const { ofKey } of this.#buckets) {
      for (const [key, count] of ofKey) sums.set(key, (sums.get(key) ?? 0) + count);
    }
    return [...sums]
      .map(([key, updates]) => ({ key, updates }))
      .sort((a, b) => b.updates - a.updates || (a.key < b.key ? -1 : 1))
      .slice(0, max);
  }

  #number(): number {
    return Math.floor(this.#world.elapsed() / BUCKET_MS);
  }

  #now(): Bucket {
    const at = this.#number();
    const last = this.#buckets.at(-1);
    if (last?.at === at) return last;
    this.#forget();
    const bucket = { at, total: 0, ofKey: new Map<string, number>() };
    this.#buckets.push(bucket);
    return bucket;
  }

  #forget(): void {
    const since = this.#number() - BUCKETS;
    this.#buckets = this.#buckets.filter(({ at }) => at > since);
  }
}
