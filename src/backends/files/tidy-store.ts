/**
 * What an opening clears away in the background: directories of removed sessions, and temp files
 * that are old and whose target is there. Others are left for `verify` to show: they may be all
 * that is left of something.
 */
import { join } from 'node:path';
import type { FileFacts } from '../../system/file-system.ts';
import { clearAway } from './clear-away.ts';
import { ioError, isMissing } from './io-error.ts';
import { TEMPORARY_NAME } from './layout.ts';
import type { OpenedStore } from './opened-store.ts';
import { requireRealDirectory } from './safe-path.ts';
import { discard } from './write-whole.ts';

/** A writer that still needs its temp file has finished with it long before. */
const OLD_MS_MIN = 3_600_000;

export async function tidyStore(store: OpenedStore): Promise<void> {
  for (const agent of store.agents()) {
    const { removed, blobs, changes } = agent.paths;
    if (isOurs(store, removed)) {
      for (const { name } of await namesIn(store, removed)) {
        if (store.closed) return;
        await clearAway(store.system, join(removed, name));
      }
    }
    if (isOurs(store, blobs)) await discardOld(store, blobs);
    if (isOurs(store, changes)) await discardOld(store, changes);
  }
}

/** Whether a directory is there and no link: what lies behind a link is not ours to clear away. */
function isOurs(store: OpenedStore, path: string): boolean {
  try {
    return requireRealDirectory(store.system.fs, path);
  } catch (cause) {
    const { code, message } = ioError(cause, `look at ${path}`);
    store.warn({ code, message });
    return false;
  }
}

/** Removes temp files of a directory that are old and whose target is whole in its place. */
export async function discardOld(store: OpenedStore, directory: string): Promise<void> {
  const { clock } = store.system;
  for (const { name } of await namesIn(store, directory)) {
    if (store.closed) return;
    if (!TEMPORARY_NAME.test(name)) continue;
    const path = join(directory, name);
    const temporary = await factsOf(store, path);
    const target = await factsOf(store, path.replace(TEMPORARY_NAME, ''));
    const old = temporary !== undefined && clock.now() - temporary.mtimeMs > OLD_MS_MIN;
    if (old && temporary.isFile() && target?.isFile() && target.size > 0) {
      await discard(store.system, path);
    }
  }
}

async function namesIn(store: OpenedStore, directory: string) {
  try {
    return await store.system.fs.readdir(directory);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw ioError(cause, `list ${directory}`);
  }
}

async function factsOf(store: OpenedStore, path: string): Promise<FileFacts | undefined> {
  try {
    return await store.system.fs.lstat(path);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, `look at ${path}`);
  }
}
