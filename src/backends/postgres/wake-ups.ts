import type { World } from './world.ts';

/** Waits of this process for something that is said about a session, each with a longest time. */
export class WakeUps {
  readonly #world: World;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Something was said about this session. */
  wake(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }

  wakeAll(): void {
    for (const key of [...this.#waiting.keys()]) this.wake(key);
  }

  /**
   * Begins to listen at once, so that nothing is missed between a look and the wait that follows
   * it. Call `until` once, or `leave`.
   */
  watch(key: string, signal?: AbortSignal): { until(ms: number): Promise<void>; leave(): void } {
    let woken = false;
    let resolve = (): void => undefined;
    const wake = () => {
      woken = true;
      resolve();
    };
    const all = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, all);
    all.add(wake);
    signal?.addEventListener('abort', wake);
    const leave = () => {
      signal?.removeEventListener('abort', wake);
      all.delete(wake);
      if (all.size === 0 && this.#waiting.get(key) === all) this.#waiting.delete(key);
    };
    return {
      leave,
      until: async (ms) => {
        if (!woken && !signal?.aborted) {
          await new Promise<void>((done) => {
            const stop = this.#world.awaitedAfter(Math.max(0, ms), done);
            resolve = () => {
              stop();
              done();
            };
          });
        }
        leave();
      },
    };
  }
}
