import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { generationsOf, largePatch, untilFoldIsNear } from '../files/folding.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { FaultySystem } from './faulty-system.ts';
import { outcomeOf } from './view-of-session.ts';

const KEY = 'agent:main:main';
const CALLS_MAX = 300;

/** A store whose one session is folded by one of the next updates. */
async function template(): Promise<string> {
  const root = join(temporaryDirectory(), 'template');
  const { store, backend } = await openStoreAt(root);
  await untilFoldIsNear(backend, root, KEY);
  await store.close();
  return root;
}

async function lastOf(backend: Backend): Promise<number> {
  return (await backend.read(KEY))?.entry.last;
}

/** Ten updates, of which some fold, with one call that fails. `false`: there are fewer calls. */
async function failAt(from: string, durability: 'process' | 'power', n: number, errno: string) {
  const root = join(temporaryDirectory(), 'copy');
  cpSync(from, root, { recursive: true });
  const system = new FaultySystem();
  const { store, backend } = await openStoreAt(root, { system, durability });
  const { backend: witness } = await openStoreAt(root);
  system.forget();
  system.intervene = (call) => (call.n === n && call.name !== 'unlock' ? { errno } : undefined);
  const refused: string[] = [];
  let last = await lastOf(witness);
  for (let value = 1; value <= 10; value++) {
    const outcome = await outcomeOf(() => backend.update(KEY, largePatch(value), {}));
    const where = `${errno} at call ${n}: ${system.calls[n - 1]?.name}`;
    if (outcome === undefined) last = value;
    else refused.push(outcome);
    const seen = await lastOf(witness);
    if (outcome === 'OUTCOME_UNKNOWN') last = seen;
    expect(seen, where).toBe(last);
  }
  await outcomeOf(() => store.close());
  const failed = system.calls[n - 1];
  const where = `${errno} at call ${n}: ${failed?.name} ${failed?.path}`;
  expect([...system.open.values()], where).toEqual([]);
  expect(await lastOf(witness), where).toBe(last);
  expect((await witness.verify()).ok, where).toBe(true);
  if (failed === undefined) {
    expect(generationsOf(root, KEY)).toEqual([2]);
    expect(refused).toEqual([]);
  }
  return failed !== undefined;
}

test.each([
  ['process', 'ENOSPC'],
  ['process', 'EACCES'],
  ['power', 'EIO'],
] as const)(
  'C.15 a fold at durability %s loses nothing, whichever of its calls fails with %s',
  {
    timeout: 120_000,
  },
  async (durability, errno) => {
    const from = await template();
    let n = 1;
    while (await failAt(from, durability, n, errno)) n += 1;
    expect(n).toBeGreaterThan(60);
    expect(n).toBeLessThan(CALLS_MAX);
  },
);

test('C.15 a fold whose end failed is ended with the next commit', async () => {
  const root = await template();
  const system = new FaultySystem();
  const { store, backend, warnings } = await openStoreAt(root, { system });
  const directory = directoryOf(root, KEY);
  system.intervene = ({ name, path }) =>
    name === 'fsync' && path === directory ? { errno: 'EIO' } : undefined;
  // The log was long when it was opened, so that its first commit folds it; no other one is made.
  await backend.update(KEY, { last: 1 }, {});
  while (warnings.length === 0) await new Promise(setImmediate);
  expect(warnings.map(({ code }) => code)).toContain('FOLD_FAILED');
  expect(generationsOf(root, KEY)).toEqual([1, 2]);
  // The fold has told of its failure; that it is over is known a moment later.
  await new Promise(setImmediate);
  system.intervene = () => undefined;
  await backend.update(KEY, { last: 0 }, {});
  await store.close();
  expect(generationsOf(root, KEY)).toEqual([2]);
  const again = await openStoreAt(root);
  expect(await lastOf(again.backend)).toBe(0);
  await again.store.close();
});
