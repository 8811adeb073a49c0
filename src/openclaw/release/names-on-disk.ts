/** Names that a release makes, moves and removes, and when they are on the disk. */

import { dirname, join } from 'node:path';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { failed, unsafe } from './release-failure.ts';

/** Renames, and puts the new name on the disk. */
export async function move(system: System, from: string, to: string): Promise<void> {
  await rename(system, from, to);
  try {
    await syncDirectory(system, dirname(to));
  } catch (cause) {
    throw failed(`move ${from} to ${to}`, cause);
  }
}

/** Renames; the new name is on the disk once its directory is. */
export async function rename({ fs }: System, from: string, to: string): Promise<void> {
  try {
    await fs.rename(from, to);
  } catch (cause) {
    throw failed(`move ${from} to ${to}`, cause);
  }
}

/** Makes the directories of a path below `root` that are missing; a link among them is refused. */
export async function makeDirectories(system: System, root: string, path: string): Promise<string> {
  let at = root;
  for (const name of path.split('/')) {
    const above = at;
    at = join(at, name);
    try {
      system.fs.mkdirSync(at, 0o700);
      await syncDirectory(system, above);
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== 'EEXIST') throw failed(`make ${at}`, cause);
      if (!(await isDirectory(system, at))) throw unsafe(at, 'it is no directory');
    }
  }
  return at;
}

async function isDirectory({ fs }: System, path: string): Promise<boolean> {
  try {
    return (await fs.lstat(path)).isDirectory();
  } catch (cause) {
    throw failed(`look at ${path}`, cause);
  }
}

/** Makes the names in a tree of real directories durable. */
export async function syncTree(system: System, directory: string): Promise<void> {
  for (const item of await system.fs.readdir(directory)) {
    if (item.isDirectory()) await syncTree(system, join(directory, item.name));
  }
  await syncDirectory(system, directory);
}

/** Removes a file that may not be there. */
export async function discard({ fs }: System, path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw failed(`remove ${path}`, cause);
  }
}

/** The real path of a directory, which may be reached through a link. */
export function realDirectory({ fs }: System, directory: string): string {
  try {
    const root = fs.realpathSync(directory);
    if (fs.lstatSync(root).isDirectory()) return root;
  } catch (cause) {
    throw failed(`look at ${directory}`, cause);
  }
  throw unsafe(directory, 'it is no directory');
}
