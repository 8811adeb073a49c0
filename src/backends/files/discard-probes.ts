import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import { isMissing } from './io-error.ts';
import { PROBE_NAME } from './layout.ts';
import type { OpenedStore } from './opened-store.ts';
import { discard } from './write-whole.ts';

/** An opening that still needs its probe has finished with it long before. */
const OLD_MS_MIN = 3_600_000;

/** Removes what openings that were cut short, or could not clean up, have left in the store's root. */
export async function discardProbes({ root, system }: OpenedStore): Promise<void> {
  for (const { name } of await system.fs.readdir(root)) {
    if (!PROBE_NAME.test(name)) continue;
    const path = join(root, name);
    if (await isOld(system, path)) await discard(system, path);
  }
}

async function isOld({ fs, clock }: System, path: string): Promise<boolean> {
  try {
    return clock.now() - (await fs.lstat(path)).mtimeMs > OLD_MS_MIN;
  } catch (cause) {
    // Its own opening has just removed it.
    if (isMissing(cause)) return false;
    throw cause;
  }
}
