import { Slices } from '../model/slices.ts';
import type { World } from './world.ts';

/** Milliseconds in which changes of one session are collected to one read. */
const COLLECT_MS = 50;
/** Sessions read at the same time: the inspector is a guest of the gateway and takes little. */
const AT_ONCE = 8;

/** Sessions that have to be read again, each once however often it was asked for, a few at a time. */
export class ReadQueue {
  readonly #world: World;
  /** Never rejects. */
  readonly #read: (key: string) => Promise<void>;
  #due = new Set<string>();
  #cancel: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(world: World, read: (key: string) => Promise<void>) {
    this.#world = world;
    this.#read = read;
  }

  add(key: string): void {
    if (this.#closed) return;
    this.#due.add(key);
    this.#begin();
  }

  /** Waits for the reads that have begun; no other one begins. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    await this.#running;
  }

  #begin(): void {
    if (this.#running !== undefined || this.#cancel !== undefined || this.#closed) return;
    this.#cancel = this.#world.after(COLLECT_MS, () => {
      this.#cancel = undefined;
      this.#running = this.#run().finally(() => {
        this.#running = undefined;
        if (this.#due.size > 0) this.#begin();
      });
    });
  }

  async #run(): Promise<void> {
    const slices = new Slices(this.#world);
    // Those that come meanwhile are left for the next run, so that they are collected too.
    const keys = [...this.#due];
    this.#due = new Set();
    for (let at = 0; at < keys.length && !this.#closed; at += AT_ONCE) {
      await Promise.all(keys.slice(at, at + AT_ONCE).map(this.#read));
      if (slices.over) await slices.rest();
    }
  }
}
