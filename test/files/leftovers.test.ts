import {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { realSystem } from '../../src/system/system.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { until } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { bytesOf } from './tree-of.ts';

const KEY = 'agent:main:main';
const token = (n: number) => n.toString(16).padStart(32, '0');
const LONG_AGO_S = Date.now() / 1_000 - 7_200;

async function closedStore(): Promise<string> {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  await store.close();
  return root;
}

function leave(path: string, old = true): string {
  writeFileSync(path, 'half', { mode: 0o600 });
  if (old) utimesSync(path, LONG_AGO_S, LONG_AGO_S);
  return path;
}

test('C.11 with 10,000 orphans an opening makes no call more before it resolves, and clears them away later', {
  timeout: 120_000,
}, async () => {
  const callsUntilOpen = async (orphans: number) => {
    const root = await closedStore();
    const { blobs } = pathsOf(root, 'main');
    mkdirSync(blobs);
    leave(join(blobs, `${'a'.repeat(64)}.json`));
    for (let n = 0; n < orphans; n++) leave(join(blobs, `${'a'.repeat(64)}.json.tmp-${token(n)}`));
    const system = new FaultySystem();
    const { store } = await openStoreAt(root, { system: { ...system, clock: realSystem.clock } });
    const calls = system.names;
    await store.session(KEY).update({ n: 2 });
    await expect.poll(() => readdirSync(blobs).length, { timeout: 100_000 }).toBe(1);
    await store.close();
    return calls.filter((name) => name !== 'readdir' && name !== 'lstat');
  };
  expect(await callsUntilOpen(10_000)).toEqual(await callsUntilOpen(0));
});

test('C.11 what an opening leaves is shown by verify, wherever it lies', async () => {
  const root = await closedStore();
  const { blobs, changes } = pathsOf(root, 'main');
  mkdirSync(blobs);
  const left = [
    leave(join(blobs, `${'b'.repeat(64)}.json.tmp-${token(1)}`)),
    leave(join(changes, `list.77.jsonl.tmp-${token(2)}`)),
    leave(join(directoryOf(root, KEY), `meta.2.jsonl.tmp-${token(3)}`)),
  ];
  const young = leave(join(changes, `list.78.jsonl.tmp-${token(4)}`), false);
  const { store } = await openStoreAt(root);
  const { ok, problems } = await store.verify();
  expect(ok).toBe(true);
  expect(problems.map(({ code, path }) => [code, path]).sort()).toEqual(
    [...left, young].map((path) => ['LEFTOVER', relative(root, path)]).sort(),
  );
  await store.repair({ dryRun: true });
  expect([...left, young].map((path) => existsSync(path))).toEqual([true, true, true, true]);
  await store.repair({ dryRun: false });
  expect(left.map((path) => existsSync(path))).toEqual([false, false, false]);
  expect(existsSync(young)).toBe(true);
});

describe('R7.10 clearing away', () => {
  /** A store beside a directory with an old file, of a name as temp files have, and its target. */
  async function besidePrecious() {
    const root = await closedStore();
    const outside = temporaryDirectory();
    mkdirSync(join(outside, 'folder'));
    writeFileSync(join(outside, 'folder', 'precious'), 'precious');
    writeFileSync(join(outside, 'target'), 'precious');
    leave(join(outside, `target.tmp-${token(5)}`));
    return { root, outside, before: bytesOf(outside) };
  }

  test.each(['removed', 'blobs', 'changes'] as const)(
    'does not follow a link in the place of the directory %s',
    async (name) => {
      const { root, outside, before } = await besidePrecious();
      const place = pathsOf(root, 'main')[name];
      rmSync(place, { recursive: true, force: true });
      symlinkSync(outside, place);
      const { store } = await openStoreAt(root);
      await store.repair({ dryRun: false });
      await store.close();
      expect(bytesOf(outside)).toEqual(before);
    },
  );

  test('does not follow a link among what is removed', async () => {
    const { root, outside, before } = await besidePrecious();
    const { removed } = pathsOf(root, 'main');
    mkdirSync(join(removed, 'rest'), { recursive: true });
    symlinkSync(outside, join(removed, 'link'));
    symlinkSync(join(outside, 'folder'), join(removed, 'rest', 'link'));
    const { store } = await openStoreAt(root);
    await until('what was removed is gone', () => readdirSync(removed).length === 0);
    await store.close();
    expect(bytesOf(outside)).toEqual(before);
  });
});
