import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { adopted, releaseAt, releasedTree } from './released.ts';
import { inStore, readList, smallCopy, temporaryDirectory, writeList } from './state-copy.ts';

const CHILD = fileURLToPath(new URL('release-child.js', import.meta.url));

/** A store with something of everything: new sessions, resets, removals, entries that were refused. */
export async function storeToRelease(): Promise<string> {
  const root = smallCopy();
  writeList(root, { ...readList(root), 'agent:main:odd': ['no entry'] });
  await adopted(root);
  const said = { type: 'message', message: { role: 'user', content: 'hi' } };
  await inStore(root, async (store) => {
    await store.session('agent:main:main').update({ label: 'mine' });
    await store.session('agent:main:new').append(said);
    await store.session('agent:main:new').reset({ reason: 'new' });
    await store.session('agent:main:new').append(said);
    await store.session('agent:main:telegram:direct:700').reset({ reason: 'new' });
    await store.session('agent:work:new').append(said);
    await store.session('agent:Zoë:new').append(said);
  });
  return root;
}

/** A copy of a prepared store at a path of its own. */
export function copyOf(root: string): string {
  const copy = join(temporaryDirectory(), 'state');
  cpSync(root, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

/** What belongs to OpenClaw: everything but the store and what a release keeps to itself. */
export function openClawsFiles(root: string): Record<string, string> {
  const own = /^(aside|holdfast)|\/(sessions\.d|blobs|changes|removed)(\/|$)|^probe-/;
  return Object.fromEntries(Object.entries(releasedTree(root)).filter(([path]) => !own.test(path)));
}

/** How far a release came. `done`: neither it nor the store is there any more. */
export function progressOf(root: string): { phase: string | undefined; done: boolean } {
  const files = readdirSync(root);
  const begun = files.includes('holdfast-release.json');
  const text = begun ? readFileSync(join(root, 'holdfast-release.json'), 'utf8') : '{}';
  return { phase: JSON.parse(text).phase, done: !begun && !files.includes('holdfast.json') };
}

/** The number of calls of an undisturbed release, after which the directory is as it should be. */
export function countCalls(root: string): number {
  const { stdout, stderr, status } = spawnSync(process.execPath, [CHILD, root], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

/**
 * Kills a release before its n-th call; then the next one has to bring the directory to where an
 * undisturbed one brings it. `true` when OpenClaw's own files had not been touched by then.
 */
export async function killedAt(prepared: string, n: number, wanted: Record<string, string>) {
  const root = copyOf(prepared);
  const before = openClawsFiles(root);
  const { signal, stderr } = spawnSync(process.execPath, [CHILD, root, String(n)], {
    encoding: 'utf8',
  });
  expect({ n, signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
  const left = openClawsFiles(root);
  // Killed when only its lock was left to be removed: there is nothing to go on with.
  if (!progressOf(root).done) await releaseAt(root);
  else await expect(releaseAt(root)).rejects.toMatchObject({ code: 'IO_FAILED' });
  expect({ n, tree: releasedTree(root) }).toEqual({ n, tree: wanted });
  return JSON.stringify(left) === JSON.stringify(before);
}
