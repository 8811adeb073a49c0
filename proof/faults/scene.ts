import type { Call } from '../../test/faults/faulty-system.ts';
import { lively } from '../../test/faults/operations.ts';
import { MemoryDisk } from '../memory-disk/memory-disk.ts';
import { type Durability, faultyMemory, openOver, quiet } from './opened.ts';
import { type Operation, STARTS, type Start } from './operations.ts';
import { endLog, plantStart } from './planted.ts';
import type { Seen } from './views.ts';

export const KEY = 'agent:main:main';
export const ROOT = '/store';

/** An operation in one condition of the store, and what happens when nothing fails. */
export interface Scene {
  operation: Operation;
  start: Start;
  durability: Durability;
  /** The store as the operation finds it. */
  disk: MemoryDisk;
  calls: readonly Call[];
  before: Seen;
  after: Seen;
  answer: unknown;
  /** What is reported hours later. */
  found: readonly string[];
  /** What a repair leaves as it is. */
  left: readonly string[];
  /** The files hours later. */
  names: readonly string[];
}

/** How an operation ended: a code, or what it resolved to. */
export interface Ended {
  outcome: string | undefined;
  result: unknown;
}

/** The starts that an operation is tried from. */
export function startsOf({ starts, hold, alone }: Operation): readonly Start[] {
  return starts ?? STARTS.filter((start) => start !== 'in use' || !(hold || alone));
}

/** The disk that an operation finds. */
export async function preparedDisk(operation: Operation, start: Start): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  const opened = await openOver(faultyMemory(disk), ROOT);
  const { backend } = opened;
  await operation.prepare(backend, KEY);
  // A session that is missing was removed a moment ago.
  const ended = start === 'leftovers' && (await backend.read(KEY)) === undefined;
  if (ended) await lively(backend, KEY);
  await quiet(opened);
  await backend.close();
  const closed = { disk, root: ROOT, key: KEY };
  if (ended) endLog(closed);
  operation.plant?.(closed);
  plantStart(start, closed);
  return disk;
}
