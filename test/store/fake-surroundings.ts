import type { Surroundings } from '../../src/index.ts';

/** A clock that only moves when a test says so. */
export class FakeSurroundings implements Surroundings {
  readonly host = 'fake-host';
  readonly pid = 4242;
  #now = 0;
  #names = 0;
  #timers: { at: number; call: () => void }[] = [];

  now = () => 1_772_100_000_000 + this.#now;

  elapsed = () => this.#now;

  after = (ms: number, call: () => void) => {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };

  newInstance = () => {
    this.#names += 1;
    return `instance-${this.#names}`;
  };

  /** Timers that were neither called nor taken back: each of them is a leak once all is over. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets run what waits for nothing, then lets time pass, calls what is due in order, and lets run what waits for it. */
  async pass(ms: number): Promise<void> {
    await settle();
    const until = this.#now + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#now = Math.max(this.#now, next.at);
      this.#timers = this.#timers.filter((each) => each !== next);
      next.call();
      await settle();
    }
    this.#now = until;
    await settle();
  }
}

/** Lets everything run that waits for nothing outside. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A promise whose rejection is looked at later. */
export function watched<T>(promise: Promise<T>): Promise<T> {
  // Without it a rejection counts as unhandled until the test asks for the outcome.
  promise.catch(() => undefined);
  return promise;
}

/** Outcome of a promise so far. */
export async function outcomeOf<T>(promise: Promise<T>) {
  const seen = promise.then(
    (value) => ({ value }),
    (error: Error & { code?: string }) => ({ error }),
  );
  await settle();
  return Promise.race([seen, Promise.resolve('pending' as const)]);
}
