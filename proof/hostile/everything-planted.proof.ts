/**
 * Whatever can stand in the place of a file or directory of a store does, one after the other: a link
 * out of the store, a link to nothing, a second name of a file elsewhere, a FIFO, a file for a
 * directory and a directory for a file. The places are those of a real store, so no list of them can
 * fall behind.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect } from 'vitest';
import { isHoldfastError } from '../../src/model/errors.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { collect } from '../../test/files/collect.ts';
import { openStoreAt } from '../../test/files/open-store-at.ts';
import { temporaryDirectory } from '../../test/files/temporary-directory.ts';
import { bytesOf, type Leaf, treeOf } from '../../test/files/tree-of.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith } from '../frame/needs.ts';
import { beginRun } from '../frame/run-facts.ts';

const KEYS = ['agent:main:one', 'agent:main:two'];
const UNTOUCHED = 'agent:other:main';
const note = { type: 'note', text: 'said' };
const large = { list: Array.from({ length: 1_000 }, (_, n) => `skill ${n}`) };

/** A closed store in which every kind of file and directory lies. */
async function fullStore(root: string): Promise<void> {
  const { store } = await openStoreAt(root);
  for (const key of [...KEYS, UNTOUCHED]) {
    await store.session(key).update({ key, large });
    await store.session(key).append(note);
    await store.session(key).reset();
    await store.session(key).append(note);
    await store.session(key).turn(() => undefined);
  }
  await collect(store.list());
  await store.session('agent:main:gone').update({ n: 1 });
  await store.session('agent:main:gone').remove();
  await store.close();
}

/** The kind of a place: names without what differs from session to session. */
const kindOf = ({ path }: Leaf) =>
  path
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '<id>')
    .replace(/(one|two|main)~[0-9a-f]{32}/, '<session>');

/** One place of each kind below the root. */
function places(root: string): Leaf[] {
  const kinds = new Map<string, Leaf>();
  for (const leaf of treeOf(root)) {
    if (leaf.path === '' || leaf.path.includes('agents/other')) continue;
    if (!kinds.has(kindOf(leaf))) kinds.set(kindOf(leaf), leaf);
  }
  return [...kinds.values()];
}

type Plant = (place: string, outside: string, leaf: Leaf) => void;

const elsewhere = (place: string, outside: string) => {
  const target = join(outside, basename(place));
  renameSync(place, target);
  return target;
};

const PLANTS: Record<string, Plant> = {
  'a link out of the store': (place, outside) => symlinkSync(elsewhere(place, outside), place),
  'a link to nothing': (place, outside) => {
    rmSync(place, { recursive: true });
    symlinkSync(join(outside, 'made'), place);
  },
  'a second name': (place, outside, { kind }) => {
    if (kind === 'directory') symlinkSync('..', `${place}.link`);
    else linkSync(elsewhere(place, outside), place);
  },
  'a FIFO': (place) => {
    rmSync(place, { recursive: true });
    execFileSync('mkfifo', [place]);
  },
  'another kind': (place, _outside, { kind }) => {
    rmSync(place, { recursive: true });
    if (kind === 'directory') writeFileSync(place, 'no directory');
    else mkdirSync(place);
  },
};

/** Every verb; each may be refused with an error of the list. The codes that it was refused with. */
async function useEverything(root: string, system: System): Promise<Set<string>> {
  const codes = new Set<string>();
  const attempt = async (call: () => unknown) => {
    try {
      await call();
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      codes.add(error.code);
    }
  };
  let opened: Awaited<ReturnType<typeof openStoreAt>> | undefined;
  await attempt(async () => {
    opened = await openStoreAt(root, { lockWaitMs: 500, system });
  });
  if (!opened) return codes;
  const { store, warnings } = opened;
  for (const key of KEYS) {
    const session = store.session(key);
    await attempt(() => session.read());
    await attempt(() => session.update({ n: 1, large: { list: [...large.list, key] } }));
    await attempt(() => session.append(note));
    await attempt(() => collect(session.transcript()));
    await attempt(() => session.archives());
    await attempt(() => session.turn(() => undefined, { whenBusy: 'reject' }));
    await attempt(() => session.reset());
  }
  await attempt(() => collect(store.list()));
  await attempt(() => store.figures());
  await attempt(() => store.verify());
  await attempt(() => store.repair({ dryRun: false }));
  await attempt(() => store.session(KEYS[0] as string).remove());
  await attempt(() => store.close());
  for (const { code } of warnings) codes.add(code);
  return codes;
}

/** As on systems whose paths can not be pinned: there only what is looked for before each use helps. */
const { confine: _confine, ...unconfined } = realSystem;
const ROUNDS: [string, Plant, System][] = [
  ...Object.entries(PLANTS).map(([name, plant]): [string, Plant, System] => [
    name,
    plant,
    realSystem,
  ]),
  [
    'a link, with paths that are not pinned,',
    PLANTS['a link out of the store'] as Plant,
    unconfined,
  ],
];

describe.each(ROUNDS)('%s in every place', (name, plant, system) => {
  itWith(['linux'])(
    `R7.10 R11.4 ${name} in the place of any file or directory: nothing outside is read, made or changed, and nobody hangs`,
    async () => {
      const { seed } = beginRun('hostile', name);
      const began = performance.now();
      const template = join(temporaryDirectory(), 'store');
      await fullStore(template);
      let changed = 0;
      const all = places(template);
      for (const leaf of all) {
        const above = temporaryDirectory();
        const root = join(above, 'store');
        const outside = join(above, 'outside');
        cpSync(template, root, { recursive: true });
        mkdirSync(outside);
        writeFileSync(join(outside, 'precious'), 'precious');
        plant(join(root, leaf.path), outside, leaf);
        const before = bytesOf(outside);
        await useEverything(root, system);
        if (JSON.stringify(bytesOf(outside)) !== JSON.stringify(before)) changed += 1;
        expect(bytesOf(outside), leaf.path).toEqual(before);
        expect(existsSync(join(outside, 'made')), leaf.path).toBe(false);
        await expectUntouched(root, leaf.path);
      }
      expect(all.length).toBeGreaterThan(15);
      keepFigure('hostile', {
        what: `places of a store with ${name}`,
        count: all.length,
        found: { 'writes outside': changed },
        seconds: (performance.now() - began) / 1_000,
        seed,
      });
    },
  );
});

/** An agent of its own goes on, unless what was planted holds all agents. */
async function expectUntouched(root: string, place: string): Promise<void> {
  if (place === 'agents' || place === 'holdfast.json') return;
  const { store } = await openStoreAt(root);
  expect((await store.session(UNTOUCHED).update({ n: 2 })).entry.n, place).toBe(2);
  expect(await collect(store.session(UNTOUCHED).transcript()), place).toHaveLength(1);
  expect(
    (await collect(store.list())).map(({ key }) => key),
    place,
  ).toContain(UNTOUCHED);
  await store.close();
  expect(readFileSync(join(root, 'holdfast.json'), 'utf8')).toContain('holdfast');
}
