import { isHoldfastError } from '../model/errors.ts';
import { LiveStream } from './live-stream.ts';
import { Refused } from './refusal.ts';
import type { Overview } from './wire.ts';
import type { World } from './world.ts';

const STREAMS_MAX = 32;
const ROUND_MS = 250;
const ROUNDS_OF_OVERVIEW = 4;

/** All who listen. One clock and one overview serve them; without them nothing goes on. */
export class LiveStreams {
  readonly #world: World;
  readonly #overview: () => Overview;
  readonly #streams = new Set<LiveStream>();
  #cancel: (() => void) | undefined;
  #rounds = 0;

  constructor(world: World, overview: () => Overview) {
    this.#world = world;
    this.#overview = overview;
  }

  /** A new listener, whose stream begins with an overview. `left` is called when it has gone. */
  open(key: string | undefined, left: () => void): LiveStream {
    if (this.#streams.size >= STREAMS_MAX) {
      throw new Refused(503, 'LIMIT_EXCEEDED', `${STREAMS_MAX} pages are listening already.`, {
        remedy: 'Close a page of the inspector, and load this one again.',
      });
    }
    const stream = new LiveStream(key, () => {
      this.#streams.delete(stream);
      left();
    });
    stream.round(this.#overview());
    this.#streams.add(stream);
    this.#cancel ??= this.#world.after(ROUND_MS, () => this.#round());
    return stream;
  }

  changed(key: string): void {
    for (const stream of this.#streams) stream.changed(key);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const stream of [...this.#streams]) stream.end();
  }

  #round(): void {
    this.#cancel = undefined;
    this.#rounds += 1;
    try {
      const overview = this.#rounds % ROUNDS_OF_OVERVIEW === 0 ? this.#overview() : undefined;
      for (const stream of [...this.#streams]) stream.round(overview);
    } catch (error) {
      // The store was closed under us: a page that comes back is told so by its next request.
      if (!isHoldfastError(error)) this.#world.warn(error as Error);
      this.close();
    }
    if (this.#streams.size === 0) return;
    this.#cancel = this.#world.after(ROUND_MS, () => this.#round());
  }
}
