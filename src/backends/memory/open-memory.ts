/**
 * Sessions in the memory of this process: the executable specification of the contract, for tests
 * and for stores that need not last. Every verb runs in one synchronous step, so that the order of
 * commits is the order of calls.
 */
import type { Backend } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import { adopting } from './adopting.ts';
import { archives } from './archives.ts';
import { entries } from './entries.ts';
import { health } from './health.ts';
import { listing } from './listing.ts';
import { MemoryData } from './memory-data.ts';
import { revisions } from './revisions.ts';
import { transcripts } from './transcripts.ts';
import { turns } from './turns.ts';
import { realWorld, type World } from './world.ts';

/** Named stores, for as long as the process lives; shared by all copies of this module. */
const SHARED = Symbol.for('holdfast.memory.1');
const shared = globalThis as { [SHARED]?: Map<string, MemoryData> };

/**
 * Opens the store of this name, which everybody in the process shares who opens it by this name; it
 * lasts as long as the process. Without a name: a store of its own, gone with its last reference.
 */
export function openMemory(name: string, world: World = realWorld): Backend {
  const data = name === '' ? new MemoryData(world) : named(name, world);
  const owner = {};
  return {
    kind: 'memory',
    location: `memory:${name}`,
    supports: { processes: false, durable: false },
    ...entries(data),
    ...adopting(data),
    ...transcripts(data),
    ...archives(data),
    ...revisions(data),
    ...listing(data),
    ...turns(data, owner),
    ...health(data),
    async close() {
      const closed = new HoldfastError('STORE_CLOSED', `The store memory:${name} was closed.`);
      for (const place of data.places) place.abandon(owner, closed);
    },
  };
}

function named(name: string, world: World): MemoryData {
  shared[SHARED] ??= new Map();
  const known = shared[SHARED].get(name) ?? new MemoryData(world);
  shared[SHARED].set(name, known);
  return known;
}
