/**
 * Syncs of one file, shared by the writes that wait for them.
 *
 *     idle    --first write waits--> syncing: covers everything written before it began
 *     syncing --another write waits--> one more sync is due, shared by all that came meanwhile
 *     a sync fails --> everybody who waited for it hears so; it is never tried again on the same
 *              descriptor, because the kernel reports a lost write once and then forgets it
 */
import type { System } from '../../system/system.ts';

export class SyncGroup {
  readonly #system: System;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(system: System) {
    this.#system = system;
  }

  get idle(): boolean {
    return this.#running === undefined && this.#next === undefined;
  }

  /** Resolves once everything that was written to `fd` before this call is on the disk. */
  wait(fd: number): Promise<void> {
    if (!this.#running) return this.#start(fd);
    this.#next ??= this.#running.then(
      () => this.#start(fd),
      () => this.#start(fd),
    );
    return this.#next;
  }

  /** Resolves once no sync is running and none is due. */
  async settled(): Promise<void> {
    while (this.#running) await Promise.allSettled([this.#running, this.#next]);
  }

  #start(fd: number): Promise<void> {
    this.#next = undefined;
    const running = this.#system.fs.fdatasync(fd).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
