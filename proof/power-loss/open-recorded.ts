import { closeThatNeverFails } from '../../src/backends/files/close-that-never-fails.ts';
import { FilesBackend } from '../../src/backends/files/files-backend.ts';
import { openRoot } from '../../src/backends/files/open-root.ts';
import { type FilesOptions, OpenedStore } from '../../src/backends/files/opened-store.ts';
import { tidyStore } from '../../src/backends/files/tidy-store.ts';
import type { Warning } from '../../src/contract/store.ts';
import type { System } from '../../src/system/system.ts';

export const ROOT = '/var/store';

/** As `openFiles` opens a store, with the inside in reach: a fold is not asked for by any verb. */
export async function openRecorded(
  system: System,
  durability: FilesOptions['durability'],
): Promise<{ store: OpenedStore; backend: FilesBackend; warnings: Warning[] }> {
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const options: FilesOptions = {
    durability,
    instance: 'proof',
    lockWaitMs: 10_000,
    openFilesMax: 128,
    onWarning,
  };
  const real = await openRoot(system, ROOT, (code, message) => onWarning({ code, message }));
  const store = new OpenedStore(closeThatNeverFails(system, onWarning), real, options);
  store.later(tidyStore(store));
  return { store, backend: new FilesBackend(store), warnings };
}
