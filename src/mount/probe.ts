import type { MountCalls } from '../system/mount-calls.ts';
import type { NodeProcesses } from '../system/node-process.ts';
import type { System } from '../system/system.ts';
import type { MountCheck } from './mount-report.ts';

/** The world of a look at a mount, as a value that tests replace. */
export interface MountWorld {
  readonly system: System;
  readonly calls: MountCalls;
  readonly processes: NodeProcesses;
}

/** Tries something in an empty directory of its own, and says what it saw. */
export type Probe = (world: MountWorld, directory: string) => Promise<readonly MountCheck[]>;

/** Another process must have ended long before this: then something hangs. */
export const CHILD_MS_MAX = 20_000;
