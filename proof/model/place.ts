/**
 * A location on which stores can be opened, whatever lies under it. A new back end is held against
 * the memory back end by one more function that makes these.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesBackend } from '../../src/backends/files/files-backend.ts';
import { foldLog } from '../../src/backends/files/fold-log.ts';
import { openRoot } from '../../src/backends/files/open-root.ts';
import { OpenedStore } from '../../src/backends/files/opened-store.ts';
import { openMemory } from '../../src/backends/memory/open-memory.ts';
import type { Store, Warning } from '../../src/contract/store.ts';
import { storeOver } from '../../src/store/store-over.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { directSystem } from '../interleavings/direct-system.ts';
import { SharedDisk } from '../interleavings/shared-disk.ts';

/** A store, and what only its own kind can do. */
export interface Opened {
  readonly store: Store;
  /** What its back end does by itself sooner or later; nothing where there is nothing of the kind. */
  fold?(key: string): Promise<void>;
  /** Looks what others did to a turn of this store, as it does by itself every moment. */
  lookAfterTurn?(key: string): Promise<void>;
}

export interface Place {
  readonly name: string;
  open(): Promise<Opened>;
  /** Removes everything. */
  end(): void;
}

let places = 0;
const onWarning = (_: Warning) => undefined;

export function memoryPlace(): Place {
  places += 1;
  const name = `model ${places}`;
  return {
    name: 'memory',
    open: async () => ({ store: await storeOver(openMemory(name), { onWarning }) }),
    end: () => {
      const shared = globalThis as { [name: symbol]: Map<string, unknown> | undefined };
      shared[Symbol.for('holdfast.memory.1')]?.delete(name);
    },
  };
}

/** Real files: on the disk, or in memory where the machine has such a mount. */
export function filesPlace(parent = tmpdir()): Place {
  const root = realpathSync(mkdtempSync(join(parent, 'holdfast-model-')));
  return {
    name: `files in ${parent}`,
    open: () => openFilesOn(realSystem, root),
    end: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The files back end on a disk in memory, each store as a process of its own. */
export function diskInMemoryPlace(): Place {
  const disk = new SharedDisk();
  let processes = 0;
  return {
    name: 'files on a disk in memory',
    open: () => {
      processes += 1;
      return openFilesOn(directSystem(disk, processes), '/store');
    },
    end: () => undefined,
  };
}

async function openFilesOn(system: System, path: string): Promise<Opened> {
  places += 1;
  const instance = `model-${places}`;
  const root = await openRoot(system, path, () => undefined);
  const opened = new OpenedStore(system, root, {
    durability: 'process',
    instance,
    lockWaitMs: 10_000,
    openFilesMax: 16,
    onWarning,
  });
  const store = await storeOver(new FilesBackend(opened), { instance, onWarning });
  return {
    store,
    fold: (key) => foldLog(opened, opened.session(key)),
    lookAfterTurn: (key) => opened.session(key).lookAfterTurn(),
  };
}
