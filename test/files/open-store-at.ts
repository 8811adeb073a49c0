import { onTestFinished } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import type { Backend } from '../../src/contract/backend.ts';
import type { Store, StoreOptions, Warning } from '../../src/contract/store.ts';
import { storeOver } from '../../src/store/store-over.ts';
import { realSystem, type System } from '../../src/system/system.ts';

export interface OpenAt extends Omit<StoreOptions, 'onWarning'> {
  /** The world that this store sees; the real one when left out. */
  system?: System;
}

/** An opened store with what is under it and what it warned of. */
export interface StoreAt {
  store: Store;
  backend: Backend;
  warnings: Warning[];
}

let opened = 0;

/** Opens a store on a directory at the seam. It is closed when the test has finished. */
export async function openStoreAt(
  root: string,
  { system = realSystem, ...options }: OpenAt = {},
): Promise<StoreAt> {
  const warnings: Warning[] = [];
  opened += 1;
  const { instance = `test-${opened}` } = options;
  const settings = {
    durability: options.durability ?? 'process',
    instance,
    lockWaitMs: options.lockWaitMs ?? 10_000,
    openFilesMax: options.openFilesMax ?? 128,
    onWarning: (warning: Warning) => {
      warnings.push(warning);
    },
  } as const;
  const backend = await openFiles(root, settings, system);
  const store = await storeOver(backend, {
    ...options,
    instance,
    onWarning: settings.onWarning,
  });
  onTestFinished(() => store.close());
  return { store, backend, warnings };
}
