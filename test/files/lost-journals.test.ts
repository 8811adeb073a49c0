/** Journals are a cache: what they announced is found by a scan when they are lost. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/state.ts';
import { realSystem } from '../../src/system/system.ts';
import { collect, until } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** How long a store may go on with a journal before it looks whether that is still there. */
const LOOK_MS = 200;

/** A store that writes, with a clock that can be put forward, and one that looks. */
async function twoStores() {
  const root = temporaryDirectory();
  let forwardMs = 0;
  const clock = {
    now: () => realSystem.clock.now(),
    elapsed: () => realSystem.clock.elapsed() + forwardMs,
  };
  const { store } = await openStoreAt(root, { system: { ...realSystem, clock } });
  const { store: looking } = await openStoreAt(root);
  const lose = (what: (directory: string) => void) => {
    what(pathsOf(root, 'main').changes);
    forwardMs += LOOK_MS;
  };
  return { store, looking, lose };
}

function emptied(directory: string): void {
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
}

const losses: [string, (directory: string) => void][] = [
  ['every file in it', emptied],
  ['the directory', (path) => rmSync(path, { recursive: true })],
];

describe.each(losses)('R7.4 journals that are deleted under a store that writes: %s', (_, what) => {
  test('another store lists what changes afterwards', async () => {
    const { store, looking, lose } = await twoStores();
    const labels = async () => (await collect(looking.list())).map(({ label }) => label);
    await store.session('agent:main:one').update({ label: 'before' });
    expect(await labels()).toEqual(['before']);
    lose(what);
    expect(await labels()).toEqual(['before']);
    await store.session('agent:main:one').update({ label: 'after' });
    expect(await labels()).toEqual(['after']);
    await store.session('agent:main:one').update({ label: 'later' });
    expect(await labels()).toEqual(['later']);
  });

  test('a watch tells what changes afterwards', async () => {
    const { store, looking, lose } = await twoStores();
    await store.session('agent:main:past').update({ n: 1 });
    const seen: Change[] = [];
    const end = new AbortController();
    const watch = (async () => {
      for await (const change of looking.watch({ signal: end.signal })) seen.push(change);
    })();
    const told = (key: string, rev: number) => () =>
      seen.some((change) => change.key === key && change.rev === rev);
    await store.session('agent:main:one').update({ n: 1 });
    await until('the first change is told', told('agent:main:one', 1));
    lose(what);
    await store.session('agent:main:two').update({ n: 1 });
    await until('a change after the loss is told', told('agent:main:two', 1));
    await store.session('agent:main:one').update({ n: 2 });
    await until('and so is the next one', told('agent:main:one', 2));
    expect(seen.filter(({ key }) => key === 'agent:main:past')).toEqual([]);
    end.abort();
    await watch;
  });
});
