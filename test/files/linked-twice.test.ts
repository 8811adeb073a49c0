import { join } from 'node:path';
import { expect, test } from 'vitest';
import { realSystem } from '../../src/system/system.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect } from './collect.ts';
import { generationsOf, largePatch, untilFoldIsNear } from './folding.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';

/** As ntfs-3g does it: a file that was renamed while somebody had it open counts as linked twice. */
function countingRenamedTwice(system: FaultySystem): FaultySystem {
  const { fs } = system;
  const renamed = new Set<number>();
  const rename = async (from: string, to: string) => {
    if ([...system.open.values()].includes(from)) renamed.add(realSystem.fs.lstatSync(from).ino);
    await fs.rename(from, to);
  };
  const fstatSync = (fd: number) => {
    const facts = fs.fstatSync(fd);
    return renamed.has(facts.ino) ? Object.assign(facts, { nlink: 2 }) : facts;
  };
  return Object.assign(system, { fs: { ...fs, rename, fstatSync } });
}

test('R7.10 what the store itself has renamed is never taken for a file with a second name', async () => {
  const root = join(temporaryDirectory(), 'store');
  const system = countingRenamedTwice(new FaultySystem());
  const { store, backend } = await openStoreAt(root, { system });
  await untilFoldIsNear(backend, root, KEY);
  for (let n = 1; n <= 8; n++) await backend.update(KEY, largePatch(n), {});
  await store.session(KEY).append({ type: 'note' });
  await store.session(KEY).reset();
  await store.close();
  expect(generationsOf(root, KEY)).toEqual([2]);
  const { store: newcomer, warnings } = await openStoreAt(root, { system });
  expect((await newcomer.session(KEY).read())?.entry.last).toBe(8);
  expect(await newcomer.session(KEY).archives()).toHaveLength(1);
  expect(await collect(newcomer.list())).toHaveLength(1);
  expect(warnings).toEqual([]);
});
