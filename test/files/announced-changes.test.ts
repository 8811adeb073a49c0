/**
 * A change is announced in the journal just before it is made. Whoever looks between the two must
 * look again: here the moment between is made by hand, as another process would leave it.
 */
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeLine } from '../../src/backends/files/log-line.ts';
import type { Change } from '../../src/model/state.ts';
import { realFileLock } from '../../src/system/file-lock.ts';
import { collect, until } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf, pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:slack:channel:c1';

async function prepared() {
  const root = temporaryDirectory();
  const { backend, store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  const directory = directoryOf(root, KEY);
  const log = join(directory, 'meta.1.jsonl');
  const { changes } = pathsOf(root, 'main');
  const lock = openSync(join(directory, 'lock'), 'r+');
  onTestFinished(() => closeSync(lock));
  return {
    backend,
    /** What another store announces, whose journal has this slot. */
    announce(slot: number, ...line: unknown[]) {
      mkdirSync(changes, { recursive: true });
      appendFileSync(join(changes, `${slot}.1.jsonl`), `${JSON.stringify(line)}\n`);
    },
    commit: (line: Parameters<typeof encodeLine>[0]) => appendFileSync(log, encodeLine(line)),
    lock: () => expect(realFileLock.tryLock(lock)).toBe(true),
    unlock: () => realFileLock.unlock(lock),
    keys: async () => (await collect(backend.list({ order: 'key' }))).map(({ rev }) => rev),
  };
}

describe('a change that is announced and not yet made', () => {
  it('a listing never shows a session that was removed', async () => {
    const { announce, commit, lock, unlock, keys } = await prepared();
    expect(await keys()).toEqual([1]);
    lock();
    announce(2, KEY, 1, 'remove');
    expect(await keys()).toEqual([1]);
    commit({ removed: true, at: 1 });
    unlock();
    expect(await keys()).toEqual([]);
  });

  it('a listing never misses a turn that has begun', async () => {
    const { backend, announce, commit, lock, unlock, keys } = await prepared();
    expect(await keys()).toEqual([1]);
    lock();
    announce(2, KEY, 1, 'turn');
    expect(await keys()).toEqual([1]);
    const holder = { host: 'there', pid: 1, instance: 'other' };
    commit({ turn: { fence: 1, holder, startedAt: 1 } });
    unlock();
    const [row] = await collect(backend.list({ order: 'key' }));
    expect(row?.turn?.fence).toBe(1);
  });

  it('a listing never misses a commit when an older line of another store is read after it', async () => {
    const { announce, commit, lock, unlock, keys } = await prepared();
    expect(await keys()).toEqual([1]);
    lock();
    // Slot 2 is read first: its change is the newer one, and still to be made.
    announce(3, KEY, 2);
    commit({ rev: 2, at: 1, set: { n: 2 } });
    announce(2, KEY, 3);
    expect(await keys()).toEqual([2]);
    commit({ rev: 3, at: 1, set: { n: 3 } });
    unlock();
    expect(await keys()).toEqual([3]);
  });

  it('a watcher is told of a record when it is there, whatever another store has announced', async () => {
    const { backend, announce, commit, lock, unlock } = await prepared();
    const stop = new AbortController();
    const told: Change[] = [];
    const watching = (async () => {
      for await (const change of backend.watch(stop.signal)) told.push(change);
    })();
    lock();
    announce(2, KEY, 1, 'append');
    announce(3, KEY, 2);
    commit({ rev: 2, at: 1, set: { n: 2 } });
    await until('the commit is told', () => told.some(({ kind }) => kind === 'update'));
    expect(told.map(({ kind }) => kind)).toEqual(['update']);
    unlock();
    await until('the record is told', () => told.some(({ kind }) => kind === 'append'));
    stop.abort();
    await watching;
  });

  it('a watcher is told of a commit whose successor never came', async () => {
    const { backend, announce, commit, lock, unlock } = await prepared();
    const stop = new AbortController();
    lock();
    const changes = backend.watch(stop.signal)[Symbol.asyncIterator]();
    announce(2, KEY, 2);
    commit({ rev: 2, at: 1, set: { n: 2 } });
    announce(2, KEY, 3);
    unlock();
    const told: Change[] = [];
    const watching = changes.next().then(({ value }) => told.push(value));
    await until('the commit is told', () => told.length > 0);
    expect(told).toEqual([{ key: KEY, kind: 'update', rev: 2 }]);
    stop.abort();
    await watching;
  });
});
