/**
 * The seam over a disk in memory whose asynchronous calls and timers take effect when a scheduler of
 * fast-check says so. Synchronous calls take effect at once, as they do for a process of its own.
 */
import type { Scheduler } from 'fast-check';
import { FilesBackend } from '../../src/backends/files/files-backend.ts';
import { OpenedStore } from '../../src/backends/files/opened-store.ts';
import type { Store, StoreOptions } from '../../src/contract/store.ts';
import { storeOver } from '../../src/store/store-over.ts';
import type { Surroundings } from '../../src/store/surroundings.ts';
import type { System } from '../../src/system/system.ts';
import { directSystem } from '../interleavings/direct-system.ts';
import {
  type DiskCall,
  fileSystemOver,
  pathIn,
  perform,
  valueIn,
} from '../interleavings/disk-calls.ts';
import type { SharedDisk } from '../interleavings/shared-disk.ts';

/** Polls of one store that are let through; after these its regular looks at turns have ended. */
const LOOKS_MAX = 12;

export interface Scheduled {
  readonly disk: SharedDisk;
  readonly scheduler: Scheduler;
  /** May make a call fail with this error, and hears of each that took effect. */
  readonly intervene?: (process: number, call: DiskCall) => string | undefined;
  /** Hears of each call that will take effect later, when it is made. */
  readonly asked?: (call: DiskCall) => void;
}

type Timers = System['timers'];

/** Deadlines of this length are there to be met: nobody comes to their end. */
const NEVER_MS_MIN = 100_000;

/** Timers of one process fire in the order in which they are due, whenever the scheduler lets one. */
class DueTimers implements Timers {
  readonly #scheduler: Scheduler;
  readonly #pending = new Set<{ due: number; call: () => void }>();
  elapsed = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  after(ms: number, call: () => void): () => void {
    if (ms >= NEVER_MS_MIN) return () => undefined;
    const pending = { due: this.elapsed + ms, call };
    this.#pending.add(pending);
    void this.#scheduler.schedule(Promise.resolve(), 'a timer').then(() => this.#fire());
    return () => this.#pending.delete(pending);
  }

  every(ms: number, call: () => void): () => void {
    let left = LOOKS_MAX;
    let stop = (): unknown => undefined;
    const again = () => {
      if (left-- <= 0) return;
      stop = this.after(ms, () => {
        call();
        again();
      });
    };
    again();
    return () => {
      left = 0;
      stop();
    };
  }

  soon(call: () => void): void {
    this.after(0, call);
  }

  #fire(): void {
    let first: { due: number; call: () => void } | undefined;
    for (const each of this.#pending) if (!first || each.due < first.due) first = each;
    if (!first) return;
    this.#pending.delete(first);
    this.elapsed = Math.max(this.elapsed, first.due);
    first.call();
  }
}

/** The world of one process. */
export function scheduledSystem(
  { disk, scheduler, intervene, asked }: Scheduled,
  process: number,
): System {
  const direct = directSystem(disk, process);
  const timers = new DueTimers(scheduler);
  const now = (call: DiskCall) => {
    const errno = intervene?.(process, call);
    return valueIn(call, errno === undefined ? perform(disk, process, call) : { errno });
  };
  const later = (call: DiskCall) => {
    asked?.(call);
    return scheduler
      .schedule(Promise.resolve(), `${process} ${call.name} ${pathIn(call).slice(-24)}`)
      .then(() => now(call));
  };
  return {
    ...direct,
    fs: fileSystemOver(now, later),
    timers,
    clock: { now: direct.clock.now, elapsed: () => timers.elapsed },
  };
}

let places = 0;

/** A store of one process, whose own waits are the scheduler's, too. */
export async function scheduledStore(
  scheduled: Scheduled,
  process: number,
  options: StoreOptions = {},
): Promise<Store> {
  const system = scheduledSystem(scheduled, process);
  const instance = `process-${process}`;
  places += 1;
  const onWarning = () => undefined;
  const opened = new OpenedStore(system, '/store', {
    durability: options.durability ?? 'process',
    instance,
    lockWaitMs: 600_000,
    openFilesMax: options.openFilesMax ?? 128,
    onWarning,
  });
  const surroundings: Surroundings = {
    now: system.clock.now,
    elapsed: system.clock.elapsed,
    after: (ms, call) => system.timers.after(ms, call),
    newInstance: () => instance,
    host: 'here',
    pid: process,
  };
  const settings = { ...options, instance, onWarning, lockWaitMs: 600_000 };
  return storeOver(new FilesBackend(opened), settings, {
    surroundings,
    place: `scheduled ${places}`,
  });
}
