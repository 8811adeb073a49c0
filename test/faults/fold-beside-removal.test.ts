/** A session that is removed and made anew while its log is being folded by another process. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../files/collect.ts';
import { largePatch, untilFoldIsNear } from '../files/folding.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { type Call, FaultySystem } from './faulty-system.ts';

const KEY = 'agent:main:slack:channel:c1';

/** A store that folds a log and is held at one of its calls; `meanwhile` is what another one does. */
async function foldHeldAt(which: (call: Call) => boolean, large: number) {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { backend: folds, store } = await openStoreAt(root, { system });
  const { backend: other } = await openStoreAt(root);
  await untilFoldIsNear(folds, root, KEY);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let held = false;
  system.intervene = (call) => {
    if (held || !which(call)) return undefined;
    held = true;
    return { until: released };
  };
  for (let n = 1; !held && n < 20; n++) {
    await folds.update(KEY, largePatch(n), {});
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('the fold is held', () => held);
  await other.remove(KEY, {});
  // A large first entry: the new log may grow longer than the old one before it is folded itself.
  await other.update(KEY, { fresh: 0, ...(large > 0 && largePatch(0)) }, {});
  for (let n = 1; n <= large; n++) await other.update(KEY, largePatch(n), {});
  release();
  await store.close();
  expect((await other.read(KEY))?.rev).toBe(1 + large);
  const { backend: later } = await openStoreAt(root);
  expect(await later.read(KEY)).toMatchObject({ rev: 1 + large, entry: { fresh: 0 } });
  expect(readFileSync(join(directoryOf(root, KEY), 'meta.1.jsonl'), 'utf8')).not.toContain(
    '"fold"',
  );
}

it('a fold that ends after a removal leaves the log of the new session alone', async () => {
  const directory = /sessions\.d\/[^/]+$/;
  await foldHeldAt(({ name, path }) => name === 'fsync' && directory.test(path), 0);
});

it('a fold that was prepared before a removal does not touch the log of the new session', async () => {
  await foldHeldAt(({ name, path }) => name === 'fsync' && /\.tmp-/.test(path), 18);
});
