import { expect, test } from 'vitest';
import { FilesBackend } from '../../src/backends/files/files-backend.ts';
import { foldLog } from '../../src/backends/files/fold-log.ts';
import { OpenedStore } from '../../src/backends/files/opened-store.ts';
import { realSystem } from '../../src/system/system.ts';
import { generationsOf } from './folding.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';

test('C.14 a fold during which nothing was committed removes the log that it has folded', async () => {
  const root = temporaryDirectory();
  const store = new OpenedStore(realSystem, root, {
    durability: 'process',
    instance: 'test',
    lockWaitMs: 10_000,
    openFilesMax: 16,
    onWarning: ({ message }) => expect.fail(message),
  });
  const backend = new FilesBackend(store);
  for (const n of [1, 2]) await backend.update(KEY, { n }, {});
  await foldLog(store, store.session(KEY));
  expect(generationsOf(root, KEY)).toEqual([2]);
  expect(await backend.update(KEY, { n: 3 }, {})).toMatchObject({ rev: 3, entry: { n: 3 } });
  await backend.close();
});
