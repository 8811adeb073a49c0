import type { Backend } from '../../contract/backend.ts';
import { realSystem, type System } from '../../system/system.ts';
import { closeThatNeverFails } from './close-that-never-fails.ts';
import { discardProbes } from './discard-probes.ts';
import { FilesBackend } from './files-backend.ts';
import { typedError } from './io-error.ts';
import { openRoot } from './open-root.ts';
import { type FilesOptions, OpenedStore } from './opened-store.ts';
import { tidyStore } from './tidy-store.ts';

export type { FilesOptions } from './opened-store.ts';

/**
 * Opens a directory as a store. `STORE_UNSUPPORTED` where locks do not work, `FORMAT_TOO_NEW` and
 * `UNSAFE_PATH` where something else is in the way; nothing is changed then. `system` is the seam:
 * tests hand in one of their own.
 */
export async function openFiles(
  root: string,
  options: FilesOptions,
  system: System = realSystem,
): Promise<Backend> {
  const warn = (code: string, message: string) => options.onWarning({ code, message });
  const closing = closeThatNeverFails(system, options.onWarning);
  const real = await openRoot(closing, root, warn, options.existing).catch((cause) => {
    throw typedError(cause);
  });
  const fs = closing.confine?.(closing.fs, real) ?? closing.fs;
  const store = new OpenedStore({ ...closing, fs }, real, options);
  store.later(tidyStore(store));
  store.later(discardProbes(store));
  return new FilesBackend(store);
}
