import { openFiles } from '../../src/backends/files/open-files.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { type Call, FaultySystem } from '../../test/faults/faulty-system.ts';
import type { MemoryDisk } from '../memory-disk/memory-disk.ts';
import { MemorySystem, type MemoryWorld } from '../memory-disk/memory-system.ts';

export type Durability = 'process' | 'power';

/** A store that was opened through a system that may fail. */
export interface Opened {
  system: FaultySystem;
  backend: Backend;
  warnings: { code: string; message: string }[];
}

/** A world in memory that watches every call, and may make it fail. */
export function faultyMemory(disk: MemoryDisk, world: MemoryWorld = {}): FaultySystem {
  const real = new MemorySystem(disk, world);
  const lock = {
    tryLock: (fd: number) => real.lock.tryLock(fd),
    tryShare: (fd: number) => real.lock.tryShare(fd),
    unlock: (fd: number) => real.lock.unlock(fd),
  };
  // What is kept aside is named by the first digits, which have to differ.
  const token = () => {
    const digits = real.random.token();
    return digits.slice(4) + digits.slice(0, 4);
  };
  return new FaultySystem({ ...real, lock, random: { ...real.random, token } });
}

/** Opens a store and keeps what it warns of. */
export async function openOver(
  system: FaultySystem,
  root: string,
  durability: Durability = 'process',
): Promise<Opened> {
  const warnings: Opened['warnings'] = [];
  const options = {
    durability,
    instance: 'proof',
    lockWaitMs: 1_000,
    openFilesMax: 128,
    onWarning: (warning: Opened['warnings'][number]) => {
      warnings.push(warning);
    },
  };
  return { system, backend: await openFiles(root, options, system), warnings };
}

/** Resolves once nothing goes on in the background any more. */
export async function quiet({ system }: { system: { calls: readonly Call[] } }): Promise<void> {
  for (let rounds = 0, seen = -1; rounds < 3; rounds++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (system.calls.length === seen) continue;
    seen = system.calls.length;
    rounds = -1;
  }
}
