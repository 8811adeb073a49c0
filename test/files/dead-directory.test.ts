import { lstatSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeSessionDirectory } from '../../src/backends/files/make-session-directory.ts';
import { OPEN, realFileSystem } from '../../src/system/file-system.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';
const inodeOf = (path: string) => lstatSync(path).ino;

/** A volume on which one directory is there and takes no new file. */
function systemWithDead(dead: { inode: number }): System {
  const openSync: typeof realFileSystem.openSync = (path, flags, mode) => {
    // The way to it may lead through a descriptor.
    const makes = flags === OPEN.lock && path.endsWith('/lock');
    if (makes && statSync(dirname(path)).ino === dead.inode) {
      throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    }
    return realFileSystem.openSync(path, flags, mode);
  };
  return { ...realSystem, fs: { ...realFileSystem, openSync } };
}

test('a session begins also where its directory was made dead by a reader of the one before', async () => {
  const root = temporaryDirectory();
  const directory = directoryOf(root, KEY);
  const dead = { inode: -1 };
  const system = systemWithDead(dead);
  const { store } = await openStoreAt(root, { system, lockWaitMs: 1_000 });
  const session = store.session(KEY);
  await session.update({ n: 1 });
  await session.remove();
  await store.close();
  mkdirSync(directory, { mode: 0o700 });
  dead.inode = inodeOf(directory);

  const { store: next } = await openStoreAt(root, { system, lockWaitMs: 1_000 });
  expect((await next.session(KEY).update({ n: 2 })).entry).toEqual({ n: 2 });
  await next.close();
  expect(inodeOf(directory)).not.toBe(dead.inode);
  expect(readdirSync(pathsOf(root, 'main').removed)).toEqual([]);
});

test('a directory in which somebody has begun a session is never replaced', () => {
  const root = temporaryDirectory();
  const [directory, removed] = [join(root, 'session'), join(root, 'removed')];
  mkdirSync(directory);
  const before = inodeOf(directory);
  writeFileSync(join(directory, 'lock'), '');
  makeSessionDirectory(realSystem, directory, removed, 99);
  expect(inodeOf(directory)).toBe(before);
  expect(readdirSync(directory)).toEqual(['lock']);
  expect(readdirSync(removed)).toEqual([]);
});
