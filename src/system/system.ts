import { type Clock, realClock } from './clock.ts';
import { confine } from './confine.ts';
import { type FileLock, realFileLock } from './file-lock.ts';
import { type FileSystem, realFileSystem } from './file-system.ts';
import { type Machine, realMachine } from './machine.ts';
import { type Mount, realMount } from './mount.ts';
import { type Random, realRandom } from './random.ts';
import { realTimers, type Timers } from './timers.ts';

/**
 * The world outside, as one value. Nothing else in the source touches the file system, the lock
 * addon, clocks, timers or randomness, so a test can make any of them fail, stall or repeat.
 */
export interface System {
  readonly fs: FileSystem;
  readonly lock: FileLock;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly machine: Machine;
  readonly mount: Mount;
  /**
   * The same file system for paths below a real path, with every change kept inside, whatever is
   * done to the directories on the way meanwhile. Left out by worlds whose paths are not the kernel's.
   */
  confine?(fs: FileSystem, root: string): FileSystem;
}

export const realSystem: System = {
  fs: realFileSystem,
  lock: realFileLock,
  clock: realClock,
  timers: realTimers,
  random: realRandom,
  machine: realMachine,
  mount: realMount,
  confine,
};
