import { join } from 'node:path';
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
    const { mtimeMs } = await system.fs.lstat(path);
    if (system.clock.now() - mtimeMs > OLD_MS_MIN) await discard(system, path);
  }
}
