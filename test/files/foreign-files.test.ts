import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../src/model/errors.ts';
import { realSystem } from '../../src/system/system.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { bytesOf, filesMatching } from './tree-of.ts';

const KEY = 'agent:main:victim';
const OTHER = 'agent:main:other';
const note = { type: 'note', text: 'said' };

/** A closed store of two sessions, and a directory outside of it that nobody may change. */
async function storeBesideOutside() {
  const above = temporaryDirectory();
  const root = join(above, 'store');
  const outside = join(above, 'outside');
  const { store } = await openStoreAt(root);
  for (const key of [KEY, OTHER]) {
    await store.session(key).append(note);
    await store.session(key).reset();
    await store.session(key).append(note);
  }
  const sessionId = (await store.session(KEY).read())?.sessionId ?? '';
  await collect(store.list());
  await store.close();
  mkdirSync(outside);
  writeFileSync(join(outside, 'precious'), 'precious');
  return { root, outside, sessionId };
}

type Place = (root: string, sessionId: string) => string;
const inSession: (name: string) => Place = (name) => (root) => join(directoryOf(root, KEY), name);

const PLACES: [string, Place][] = [
  ['the metadata log', inSession('meta.1.jsonl')],
  ['the lock', inSession('lock')],
  ['the transcript', (root, id) => join(directoryOf(root, KEY), `${id}.jsonl`)],
  ['the archive', (root) => filesMatching(directoryOf(root, KEY), /archived\.json$/)[0] ?? ''],
  ['the lock of the next turn', inSession('turn.1.lock')],
  ['the next generation', inSession('meta.2.jsonl')],
  ['the directory of the session', (root) => directoryOf(root, KEY)],
];

/** Every verb on the session; each may be refused, with an error of the list. */
async function useEverything(root: string): Promise<string[]> {
  const { store } = await openStoreAt(root);
  const session = store.session(KEY);
  const codes: string[] = [];
  const calls: (() => unknown)[] = [
    () => session.read(),
    () => session.update({ n: Math.PI }),
    () => session.append(note),
    () => collect(session.transcript()),
    () => session.archives(),
    () => session.turn(() => undefined, { whenBusy: 'reject' }),
    () => session.reset(),
    () => collect(store.list()),
    () => store.figures(),
    () => store.repair({ dryRun: false }),
  ];
  for (const call of calls) {
    try {
      await call();
    } catch (error) {
      if (!isHoldfastError(error)) throw error;
      codes.push(error.code);
    }
  }
  // Nothing that happened to the one costs the other one anything.
  const other = store.session(OTHER);
  await other.update({ n: 1 });
  expect(await collect(other.transcript())).toHaveLength(1);
  expect((await collect(store.list())).map(({ key }) => key)).toContain(OTHER);
  await session.remove().catch((error) => {
    if (!isHoldfastError(error)) throw error;
  });
  await store.close();
  return codes;
}

describe.each(PLACES)('in the place of %s', (name, placeOf) => {
  test('R7.10 a symbolic link leads nowhere: what it points to is neither read nor changed', async () => {
    const { root, outside, sessionId } = await storeBesideOutside();
    const place = placeOf(root, sessionId);
    const target = join(outside, basename(place));
    if (existsSync(place)) renameSync(place, target);
    symlinkSync(target, place);
    const before = bytesOf(outside);
    const codes = await useEverything(root);
    expect(bytesOf(outside)).toEqual(before);
    if (!name.startsWith('the archive')) expect(codes).toContain('UNSAFE_PATH');
  });

  test('R7.10 a symbolic link to a file that is not there makes none', async () => {
    const { root, outside, sessionId } = await storeBesideOutside();
    const place = placeOf(root, sessionId);
    rmSync(place, { recursive: true, force: true });
    symlinkSync(join(outside, 'made'), place);
    await useEverything(root);
    expect(existsSync(join(outside, 'made'))).toBe(false);
  });
});

describe.each(PLACES.slice(0, 6))('in the place of %s', (_, placeOf) => {
  test('R7.10 a second name of a file elsewhere is not written through', async () => {
    const { root, outside, sessionId } = await storeBesideOutside();
    const place = placeOf(root, sessionId);
    const target = join(outside, basename(place));
    if (existsSync(place)) renameSync(place, target);
    else writeFileSync(target, 'precious');
    linkSync(target, place);
    const before = readFileSync(target);
    await useEverything(root);
    expect(readFileSync(target)).toEqual(before);
  });

  test('R7.10 a FIFO and a directory hang nobody', async () => {
    const { root, sessionId } = await storeBesideOutside();
    const place = placeOf(root, sessionId);
    rmSync(place, { force: true });
    mkdirSync(place);
    await useEverything(root);
    if (!existsSync(dirname(place))) return;
    rmSync(place, { recursive: true, force: true });
    execFileSync('mkfifo', [place]);
    await useEverything(root);
  });
});

test.each([
  ['agents', (root: string) => join(root, 'agents')],
  ['an agent', (root: string) => join(root, 'agents/main')],
  ['sessions', (root: string) => pathsOf(root, 'main').base],
  ['sessions.d', (root: string) => pathsOf(root, 'main').sessions],
  ['blobs', (root: string) => pathsOf(root, 'main').blobs],
  ['changes', (root: string) => pathsOf(root, 'main').changes],
])('R7.10 a link in the place of the directory %s is not followed to write', async (_, placeOf) => {
  const { root, outside } = await storeBesideOutside();
  const place = placeOf(root);
  const target = join(outside, 'moved');
  if (existsSync(place)) renameSync(place, target);
  else mkdirSync(target);
  symlinkSync(target, place);
  const before = bytesOf(outside);
  const { store } = await openStoreAt(root);
  const large = { list: Array.from({ length: 1_000 }, (_n, n) => `skill ${n}`) };
  for (const key of [KEY, OTHER, 'agent:main:new']) {
    await store.session(key).update({ large }).catch(mustBeTyped);
  }
  await collect(store.list()).catch(mustBeTyped);
  // Another agent has directories of its own, unless all of them are gone.
  const third = store.session('agent:third:main').update({ n: 1 });
  if (basename(place) === 'agents') await third.catch(mustBeTyped);
  else await third;
  await store.close();
  expect(bytesOf(outside)).toEqual(before);
});

test('R7.10 a link in the place of the journals is not followed by a removal either', async () => {
  const { root, outside } = await storeBesideOutside();
  const { changes } = pathsOf(root, 'main');
  renameSync(changes, join(outside, 'changes'));
  symlinkSync(join(outside, 'changes'), changes);
  const before = bytesOf(outside);
  // As on systems whose paths can not be pinned.
  const { confine: _confine, ...system } = realSystem;
  const { store } = await openStoreAt(root, { system });
  await store.session(KEY).remove().catch(mustBeTyped);
  await store.close();
  expect(bytesOf(outside)).toEqual(before);
});

test('R7.10 dotfiles and foreign files are ignored, left alone, and shown by verify', async () => {
  const { root } = await storeBesideOutside();
  const { sessions } = pathsOf(root, 'main');
  const directory = directoryOf(root, KEY);
  const foreign = [
    ...[join(root, '.DS_Store'), join(root, 'notes.txt'), join(sessions, '.DS_Store')],
    ...[join(sessions, 'Thumbs.db'), join(sessions, '__proto__'), join(sessions, 'a~b')],
    ...[
      join(directory, '.nfs0001'),
      join(directory, 'desktop.ini'),
      join(directory, 'meta.x.jsonl'),
    ],
    join(root, 'agents', '.hidden'),
  ];
  for (const path of foreign) writeFileSync(path, 'not ours');
  mkdirSync(join(sessions, `x~${'0'.repeat(32)}`));
  expect(await useEverything(root)).toEqual([]);
  const { store } = await openStoreAt(root);
  const { problems } = await store.verify();
  expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
  await store.repair({ dryRun: false });
  for (const path of foreign) {
    if (!path.startsWith(directory)) expect(readFileSync(path, 'utf8'), path).toBe('not ours');
  }
});

function mustBeTyped(error: unknown): void {
  if (!isHoldfastError(error)) throw error;
}
