/**
 * Syncs of one session's files of a kind, shared by the writes that wait for them.
 *
 *     idle    --first write waits--> syncing: covers everything written before it began
 *     syncing --another write waits--> one more sync is due, shared by all that came meanwhile
 *     a sync fails --> everybody who waited for it hears so; it is never tried again on the same
 *              descriptor, because the kernel reports a lost write once and then forgets it
 *
 * Each descriptor has syncs of its own: after a reset, writes of two transcripts wait side by side.
 * None may be closed before its syncs have ended, since its number would be another file's then.
 */
import type { System } from '../../system/system.ts';

interface Syncs {
  running: Promise<void>;
  next?: Promise<void>;
}

export class SyncGroup {
  readonly #system: System;
  readonly #files = new Map<number, Syncs>();

  constructor(system: System) {
    this.#system = system;
  }

  get idle(): boolean {
    return this.#files.size === 0;
  }

  /** Resolves once everything that was written to `fd` before this call is on the disk. */
  wait(fd: number): Promise<void> {
    const syncs = this.#files.get(fd);
    if (!syncs) return this.#start(fd);
    syncs.next ??= syncs.running.then(
      () => this.#start(fd),
      () => this.#start(fd),
    );
    return syncs.next;
  }

  /** Resolves once no sync is running and none is due. */
  async settled(): Promise<void> {
    while (!this.idle) {
      const all = [...this.#files.values()].flatMap(({ running, next }) => [running, next]);
      await Promise.allSettled(all);
    }
  }

  #start(fd: number): Promise<void> {
    const syncs: Syncs = {
      running: this.#system.fs.fdatasync(fd).finally(() => {
        // Whoever waits for the next one starts it right after this.
        if (!syncs.next) this.#files.delete(fd);
      }),
    };
    this.#files.set(fd, syncs);
    return syncs.running;
  }
}
