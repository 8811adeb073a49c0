import { expect, test } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { generationsOf, largePatch, untilFoldIsNear } from '../files/folding.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem } from './faulty-system.ts';

const KEY = 'agent:main:main';

test('R1.4 a removed session does not come back to whoever saw its log before a fold', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store: folder, backend } = await openStoreAt(root, { system });
  const { store: witness } = await openStoreAt(root);
  await untilFoldIsNear(backend, root, KEY);
  expect((await witness.session(KEY).read())?.entry.last).toBeLessThan(0);
  // The fold is made and known; what it replaced has still to go, as at a crash of its maker.
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const directory = directoryOf(root, KEY);
  system.intervene = ({ name, path }) =>
    (name === 'fsync' && path === directory) || name === 'unlink' ? { until: gate } : undefined;
  for (let n = 1; !generationsOf(root, KEY).includes(2); n++) {
    await folder.session(KEY).update(largePatch(n));
    await new Promise(setImmediate);
  }
  await until('the fold is taken over', async () => {
    await folder.session(KEY).update({ folded: true });
    return generationsOf(root, KEY).length === 2;
  });
  expect(await folder.session(KEY).remove()).toBe(true);
  const { store: other } = await openStoreAt(root);
  const { sessionId } = await other.session(KEY).update({ fresh: true });
  try {
    expect(await witness.session(KEY).read()).toMatchObject({ sessionId, rev: 1 });
    expect(await witness.session(KEY).update({ n: 1 })).toMatchObject({ sessionId, rev: 2 });
    expect((await other.session(KEY).read())?.entry).toEqual({ fresh: true, n: 1 });
  } finally {
    goOn();
  }
});
