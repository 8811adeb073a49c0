/**
 * Brings files that lie whole in a tree of their own into their places, one rename each. Nothing
 * that lies there already is overwritten without a copy in the directory of the release, at the same
 * path. Interrupted anywhere, it is called again and does what is left.
 */
import { dirname, join } from 'node:path';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { directoryKind, readOwnFile, whyNotOwnAt } from '../own-file.ts';
import { discard, makeDirectories, move, rename } from './names-on-disk.ts';
import { failed } from './release-failure.ts';
import { copyFile, sameBytes } from './whole-files.ts';

export const PREPARED = 'prepared';
const LIST = 'sessions.json';

/** What was in the way, relative to the state directory, and where it is now. */
export interface Displaced {
  path: string;
  to: string;
}

/** `aside`: the directory of the release, relative to `root`, which holds the tree. */
export async function installPrepared(
  system: System,
  root: string,
  aside: string,
): Promise<Displaced[]> {
  const displaced: Displaced[] = [];
  const tree = join(root, aside, PREPARED);
  if ((await directoryKind(system.fs, tree)) !== 'directory') return displaced;
  const directories: string[] = [];
  // The lists come last: each of them is what its agent's other files are there for.
  const lists: string[] = [];
  for await (const path of filesBelow(system, tree, directories)) {
    if (isList(path)) lists.push(path);
    else await install(system, { root, aside, path }, displaced);
  }
  // Made by a run that died, they may have got a file of which this one knows nothing.
  for (const path of directories) await syncIfThere(system, join(root, path));
  for (const path of lists) await install(system, { root, aside, path }, displaced);
  for (const path of directories) await syncIfThere(system, join(root, path));
  for (const path of directories.reverse()) await removeDirectory(system, join(tree, path));
  await removeDirectory(system, tree);
  return displaced;
}

function isList(path: string): boolean {
  return /^agents\/[^/]+\/sessions\/sessions\.json$/.test(path);
}

/** Relative paths of files, with slashes; their directories are added to `directories`. */
async function* filesBelow(
  { fs }: System,
  tree: string,
  directories: string[],
): AsyncGenerator<string, void> {
  const open = [''];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const found = await fs.readdir(join(tree, at));
    for (const item of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = at === '' ? item.name : `${at}/${item.name}`;
      if (item.isDirectory()) {
        directories.push(path);
        open.push(path);
      } else yield path;
    }
  }
}

interface Placed {
  root: string;
  aside: string;
  path: string;
}

async function install(system: System, placed: Placed, displaced: Displaced[]): Promise<void> {
  const { root, aside, path } = placed;
  const from = join(root, aside, PREPARED, path);
  const to = join(root, path);
  await makeDirectories(system, root, dirname(path));
  const present = await readOwnFile(system.fs, to, { headBytes: 0 });
  if ('bytes' in present) {
    if (await sameBytes(system.fs, from, to)) return discard(system, from);
    const copy = await copyOf(system, placed);
    if (!path.endsWith(`/${LIST}`) || copy.another) displaced.push({ path, to: copy.path });
  } else if ('reason' in present) {
    displaced.push({ path, to: await moveAway(system, placed) });
  }
  await rename(system, from, to);
}

async function syncIfThere(system: System, directory: string): Promise<void> {
  if ((await directoryKind(system.fs, directory)) !== 'directory') return;
  try {
    await syncDirectory(system, directory);
  } catch (cause) {
    throw failed(`sync ${directory}`, cause);
  }
}

/** Makes sure that what lies at a path is also in the directory of the release. */
async function copyOf(
  system: System,
  { root, aside, path }: Placed,
): Promise<{ path: string; another: boolean }> {
  await makeDirectories(system, root, `${aside}/${dirname(path)}`);
  for (let n = 1; ; n += 1) {
    const copy = `${aside}/${path}${n === 1 ? '' : `.${n}`}`;
    const there = await readOwnFile(system.fs, join(root, copy), { headBytes: 0 });
    if ('missing' in there) {
      const temporary = join(root, aside, 'copy.tmp');
      await discard(system, temporary);
      await copyFile(system, join(root, path), temporary);
      await move(system, temporary, join(root, copy));
      return { path: copy, another: n > 1 };
    }
    if ('bytes' in there && (await sameBytes(system.fs, join(root, path), join(root, copy)))) {
      return { path: copy, another: n > 1 };
    }
  }
}

/** A link, a directory or whatever is no file of one name is moved away as it is. */
async function moveAway(system: System, { root, aside, path }: Placed): Promise<string> {
  await makeDirectories(system, root, `${aside}/${dirname(path)}`);
  for (let n = 1; ; n += 1) {
    const to = `${aside}/${path}${n === 1 ? '' : `.${n}`}`;
    if ((await directoryKind(system.fs, join(root, to))) !== 'missing') continue;
    await move(system, join(root, path), join(root, to));
    return to;
  }
}

/** Gives a transcript the name of an archive. `false`: the name belongs to another file. */
export async function renameInPlace(
  system: System,
  directory: string,
  from: string,
  to: string,
): Promise<boolean> {
  const source = await whyNotOwnAt(system.fs, join(directory, from));
  // Renamed already, or removed by somebody.
  if (source !== undefined) return true;
  if ((await directoryKind(system.fs, join(directory, to))) !== 'missing') return false;
  await move(system, join(directory, from), join(directory, to));
  return true;
}

async function removeDirectory({ fs }: System, path: string): Promise<void> {
  try {
    await fs.rmdir(path);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ENOENT') throw failed(`remove ${path}`, cause);
  }
}

/** Empties the tree of a release that did not come to an end. */
export async function clearPrepared(system: System, root: string, aside: string): Promise<void> {
  const tree = join(root, aside, PREPARED);
  if ((await directoryKind(system.fs, tree)) !== 'directory') return;
  const directories: string[] = [];
  for await (const path of filesBelow(system, tree, directories)) {
    await discard(system, join(tree, path));
  }
  for (const path of directories.reverse()) await removeDirectory(system, join(tree, path));
}
