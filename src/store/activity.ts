/**
 * What this process does through a store: how many commits, and how long they took. The last minute
 * is kept in six parts of ten seconds, so that what is older goes at once and nothing is ever sorted.
 */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Activity } from '../contract/store.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Surroundings } from './surroundings.ts';

const PART_MS = 10_000;
const PARTS = 6;
/** An hour, in microseconds: what takes longer is counted as that long. */
const HIGHEST = 3_600_000_000;
/** Two figures: a percentile is right to one in a hundred, and a part takes some kilobytes. */
const SHAPE = { lowest: 1, highest: HIGHEST, figures: 2 };

/** Ten seconds. */
interface Part {
  /** Which ten seconds of the clock; another one takes its place a minute later. */
  number: number;
  /** Microseconds of each commit. */
  readonly times: RecordableHistogram;
  commits: number;
  longest: number;
  longestTurnWait: number;
}

export class ActivityLog {
  readonly #surroundings: Surroundings;
  readonly #life: Lifecycle;
  readonly #openedAt: number;
  readonly #parts: Part[] = [];
  #newest: Part | undefined;
  #merged: RecordableHistogram | undefined;
  #commits = 0;
  readonly #failed = (error: unknown): never => {
    this.#life.leave();
    throw error;
  };

  constructor(surroundings: Surroundings, life: Lifecycle) {
    this.#surroundings = surroundings;
    this.#life = life;
    this.#openedAt = surroundings.now();
  }

  /** The moment of a call, for {@link commit}. */
  begin(): number {
    return this.#surroundings.elapsed();
  }

  /**
   * What `Lifecycle.track` does, for a call that is a commit once it resolves. One promise for both:
   * a second one would be a tenth of what a commit costs.
   */
  commit<T>(call: Promise<T>, since: number): Promise<T> {
    this.#life.enter();
    return call.then((result) => {
      this.#life.leave();
      // A removal of what was not there.
      if (result !== false) this.#acknowledged(since);
      return result;
    }, this.#failed);
  }

  /** A turn began that was asked for at `since`. */
  turnBegan(since: number): void {
    const now = this.#surroundings.elapsed();
    const part = this.#part(now);
    part.longestTurnWait = Math.max(part.longestTurnWait, now - since);
  }

  report(): Activity {
    const newest = partNumber(this.#surroundings.elapsed());
    const parts = this.#parts.filter(({ number }) => number > newest - PARTS);
    const commits = parts.reduce((sum, part) => sum + part.commits, 0);
    const longest = Math.max(0, ...parts.map((part) => part.longest));
    const longestTurnWait = Math.max(0, ...parts.map((part) => part.longestTurnWait));
    const { p50, p99 } = commits === 0 ? { p50: 0, p99: 0 } : this.#percentiles(parts, longest);
    return {
      openedAt: this.#openedAt,
      commits: this.#commits,
      lastMinute: { commits, p50, p99, longest },
      longestTurnWait,
    };
  }

  #acknowledged(since: number): void {
    const now = this.#surroundings.elapsed();
    const ms = now - since;
    const part = this.#part(now);
    this.#commits += 1;
    part.commits += 1;
    if (ms > part.longest) part.longest = ms;
    part.times.record(Math.min(HIGHEST, Math.max(1, Math.round(ms * 1_000))));
  }

  #part(now: number): Part {
    const number = partNumber(now);
    if (this.#newest?.number === number) return this.#newest;
    this.#newest = this.#begun(number);
    return this.#newest;
  }

  /** A part in the place of the one of a minute before. */
  #begun(number: number): Part {
    const place = number % PARTS;
    const there = this.#parts.find((part) => part.number % PARTS === place);
    if (!there) {
      const times = createHistogram(SHAPE);
      const part = { number, times, commits: 0, longest: 0, longestTurnWait: 0 };
      this.#parts.push(part);
      return part;
    }
    there.times.reset();
    return Object.assign(there, { number, commits: 0, longest: 0, longestTurnWait: 0 });
  }

  /** In milliseconds. A histogram tells the upper end of a step, which may lie above the longest. */
  #percentiles(parts: readonly Part[], longest: number): { p50: number; p99: number } {
    this.#merged ??= createHistogram(SHAPE);
    this.#merged.reset();
    for (const { times } of parts) this.#merged.add(times);
    const [p50, p99] = [50, 99].map((percent) =>
      Math.min(longest, (this.#merged as RecordableHistogram).percentile(percent) / 1_000),
    ) as [number, number];
    return { p50, p99 };
  }
}

function partNumber(elapsed: number): number {
  return Math.floor(elapsed / PART_MS);
}
