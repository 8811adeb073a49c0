/** Revisions as the lines of a log have them: across folds, torn ends and damage. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Entry, Revision } from '../../src/model/state.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { refused, until } from './collect.ts';
import { generationsOf, largePatch, untilFoldIsNear } from './folding.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';

const revsOf = (revisions: readonly Revision[]) => revisions.map(({ rev }) => rev);

/** The entry that they make, the oldest of them being whole. */
function replayed(revisions: readonly Revision[]): Entry {
  const entry: Entry = {};
  for (const { whole, set, unset } of [...revisions].reverse()) {
    for (const field of whole ? Object.keys(entry) : unset) delete entry[field];
    Object.assign(entry, set);
  }
  return entry;
}

/** A closed store with a session of ten commits, and its log. */
async function tenCommits() {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  const session = store.session(KEY);
  for (let n = 1; n <= 9; n += 1) await session.update({ n, [`f${n % 3}`]: n % 2 ? n : null });
  await session.turn((turn) => turn.update({ n: 10 }));
  await store.close();
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  return { root, log, bytes: readFileSync(log) };
}

describe('revisions of a session on files', () => {
  test('are those since the last fold, of which the first is whole', async () => {
    const root = temporaryDirectory();
    const { store, backend } = await openStoreAt(root);
    const session = store.session(KEY);
    await untilFoldIsNear(backend, root, KEY);
    const before = await session.revisions();
    expect(before.at(-1)).toMatchObject({ rev: 1, whole: true });
    for (let n = 1; generationsOf(root, KEY).at(-1) === 1; n += 1) {
      await session.update(largePatch(n));
      const read = await session.revisions();
      expect(replayed(read)).toEqual((await session.read())?.entry);
    }
    await until('the former log is gone', () => generationsOf(root, KEY).length === 1);
    await session.update({ last: 99 });
    const state = await session.read();
    for (const each of [store, (await openStoreAt(root)).store]) {
      const after = await each.session(KEY).revisions();
      expect(after.length).toBeLessThan(before.length);
      expect(after[0]).toMatchObject({ rev: state?.rev, set: { last: 99 }, at: state?.updatedAt });
      expect(after.map(({ whole }) => whole)).toEqual(after.map((_, n) => n === after.length - 1));
      expect(replayed(after)).toEqual(state?.entry);
    }
  });

  test('leave out lines that are no commits, and the end of one that was never finished', async () => {
    const { root, log } = await tenCommits();
    const { store } = await openStoreAt(root);
    const whole = await store.session(KEY).revisions();
    expect(revsOf(whole)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(replayed(whole)).toEqual((await store.session(KEY).read())?.entry);
    for (const tail of ['{"rev":11,"at":17000000', `{"rev":11}${'\0'.repeat(600)}`]) {
      appendFileSync(log, tail);
      expect(await store.session(KEY).revisions()).toEqual(whole);
      const fresh = (await openStoreAt(root)).store;
      expect(await fresh.session(KEY).revisions()).toEqual(whole);
    }
  });

  test('are refused where the log is damaged, as a read is', async () => {
    const { root, log, bytes } = await tenCommits();
    const lines = bytes.toString().split('\n').length - 1;
    for (let line = 0; line < lines; line += 1) {
      const at = bytes.toString().split('\n').slice(0, line).join('\n').length + 5;
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 1;
      writeFileSync(log, damaged);
      const { store } = await openStoreAt(root);
      await refused('ENTRY_DAMAGED', store.session(KEY).read());
      await refused('ENTRY_DAMAGED', store.session(KEY).revisions());
      await store.close();
    }
  });

  test('tell damage that came after the log was read, where they come by it', async () => {
    const { root, log, bytes } = await tenCommits();
    const { store } = await openStoreAt(root);
    const session = store.session(KEY);
    await session.read();
    const damaged = Buffer.from(bytes);
    damaged[30] = (damaged[30] as number) ^ 1;
    writeFileSync(log, damaged);
    expect(revsOf(await session.revisions({ last: 3 }))).toEqual([10, 9, 8]);
    await refused('ENTRY_DAMAGED', session.revisions());
  });

  test('name the conversation of each, also of those whose beginning is not asked for', async () => {
    const root = temporaryDirectory();
    const { store } = await openStoreAt(root);
    const session = store.session(KEY);
    const ids = [];
    for (let n = 0; n < 4; n += 1) {
      for (let i = 0; i < 5; i += 1) await session.update({ n, i });
      ids.push((await session.read())?.sessionId);
      await session.reset();
    }
    for (let last = 1; last <= 24; last += 1) {
      for (const { rev, sessionId } of await session.revisions({ last })) {
        const n = Math.floor(rev === 1 ? 0 : rev / 6);
        expect(sessionId).toBe(ids[n] ?? (await session.read())?.sessionId);
      }
    }
  });

  test('cost what is asked for, and not the log', async () => {
    const root = temporaryDirectory();
    const { store } = await openStoreAt(root);
    for (let n = 0; n < 600; n += 1)
      await store.session(KEY).update({ n, text: `${n}`.padEnd(99) });
    const system = new FaultySystem();
    const other = (await openStoreAt(root, { system })).store;
    await other.session(KEY).read();
    system.forget();
    expect(revsOf(await other.session(KEY).revisions({ last: 5 })).length).toBe(5);
    const reads = system.calls.filter(({ name, path }) => name === 'read' && /meta/.test(path));
    const bytes = reads.reduce((sum, { args }) => sum + (args[3] as number), 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(16_384);
  });
});
