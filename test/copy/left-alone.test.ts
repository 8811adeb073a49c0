/** What a copy meets that is not as it should be: told, and nothing else is stopped by it. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openMemory } from '../../src/backends/memory/open-memory.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { copyInto } from '../../src/copy/copy-into.ts';
import type { CopySettings } from '../../src/copy/copy-report.ts';
import { copyStore } from '../../src/copy-store.ts';
import { HoldfastError, openStore } from '../../src/index.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { treeOf } from '../files/tree-of.ts';
import { contentAt } from './content-of.ts';

const KEY = 'agent:main:main';
const OTHER = 'agent:main:other';
const SETTINGS: CopySettings = { holder: { host: 'here', pid: 1, instance: 'copy' }, parallel: 2 };
const note = { type: 'note', text: 'x' };

async function memory(...keys: string[]): Promise<Backend> {
  const backend = openMemory('');
  for (const key of keys) {
    await backend.update(key, { key }, {});
    await backend.append(key, note, {}, {});
  }
  return backend;
}

async function keysOf(backend: Backend): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of backend.list({ order: 'key' })) keys.push(key);
  return keys;
}

test('another session under a key is a conflict, left alone, and told by the exit code', async () => {
  const [from, to] = [temporaryDirectory(), temporaryDirectory()];
  for (const [place, model] of [
    [from, 'ours'],
    [to, 'theirs'],
  ] as const) {
    const store = await openStore(place);
    await store.session(KEY).update({ model });
    if (place === from) await store.session(OTHER).update({ model });
    await store.close();
  }
  const before = (await contentAt(to))[KEY];
  for (let run = 0; run < 2; run += 1) {
    const report = await copyStore(from, to);
    expect(report).toMatchObject({
      ok: false,
      same: 1,
      problems: [{ key: KEY, code: 'CONFLICT' }],
    });
    const content = await contentAt(to);
    expect(Object.keys(content)).toEqual([KEY, OTHER]);
    expect(content[KEY]).toEqual(before);
  }
});

test('a damaged session is told and not copied in part; the others are', async () => {
  const from = temporaryDirectory();
  const store = await openStore(from);
  for (const key of [KEY, OTHER]) {
    for (let n = 0; n < 3; n += 1) await store.session(key).append(note);
  }
  await store.close();
  const transcript = treeOf(from).find(
    ({ path }) => /\/agent-main-main~|\/main~/.test(path) && /[0-9a-f]{12}\.jsonl$/.test(path),
  );
  appendFileSync(join(from, transcript?.path ?? 'none'), 'not json\n{"type":"note","id":"z"}\n');
  const to = temporaryDirectory();
  const report = await copyStore(from, to);
  expect(report.problems).toMatchObject([{ key: KEY, code: 'TRANSCRIPT_DAMAGED' }]);
  expect(Object.keys(await contentAt(to)).filter((key) => !key.includes(':copy:'))).toEqual([
    OTHER,
  ]);
});

test('a session that changes while it is copied is copied again', async () => {
  const from = await memory(KEY, OTHER);
  const to = await memory();
  let changes = 2;
  const busy: Backend = {
    ...from,
    async *transcript(key, range) {
      yield* from.transcript(key, range);
      if (key !== KEY || changes === 0) return;
      changes -= 1;
      if (changes === 1) await from.append(KEY, note, {}, {});
      else await from.reset(KEY, { reason: 'meanwhile', keep: 'all' }, {});
    },
  };
  const report = await copyInto(busy, to, SETTINGS);
  expect(report).toMatchObject({ ok: true, same: 2, copied: 2, problems: [] });
  expect(await to.read(KEY)).toEqual(await from.read(KEY));
  expect(await keysOf(to)).toEqual([KEY, OTHER]);
});

test('one that changes each time is told, and the next run takes it', async () => {
  const from = await memory(KEY, OTHER);
  const to = await memory();
  const busy: Backend = {
    ...from,
    async *transcript(key, range) {
      yield* from.transcript(key, range);
      if (key === KEY) await from.update(KEY, (entry) => ({ n: (entry.n ?? 0) + 1 }), {});
    },
  };
  const report = await copyInto(busy, to, SETTINGS);
  expect(report).toMatchObject({ ok: false, same: 1, problems: [{ key: KEY, code: 'CHANGED' }] });
  expect(await copyInto(from, to, SETTINGS)).toMatchObject({ ok: true, same: 2, copied: 1 });
  expect(await to.read(KEY)).toEqual(await from.read(KEY));
  expect(await keysOf(to)).toEqual([KEY, OTHER]);
});

test('what came to the source, or went from it, meanwhile is in the target, or gone', async () => {
  const from = await memory(KEY, OTHER);
  const to = await memory();
  let first = true;
  const busy: Backend = {
    ...from,
    async *transcript(key, range) {
      yield* from.transcript(key, range);
      if (key !== OTHER || !first) return;
      first = false;
      await from.update('agent:main:new', { n: 1 }, {});
      await from.remove(KEY, {});
    },
  };
  expect(await copyInto(busy, to, { ...SETTINGS, parallel: 1 })).toMatchObject({
    ok: true,
    same: 2,
  });
  expect(await keysOf(to)).toEqual(['agent:main:new', OTHER]);
});

test('a running turn is not copied, and not disturbed', async () => {
  const from = await memory(KEY);
  const to = await memory();
  const lost: string[] = [];
  const { fence } = await from.beginTurn(KEY, {
    holder: SETTINGS.holder,
    waitMs: 0,
    onInterrupt: (reason) => lost.push(reason),
    onLost: (reason) => lost.push(reason),
  });
  expect((await copyInto(from, to, SETTINGS)).ok).toBe(true);
  expect((await to.read(KEY))?.turn).toBeUndefined();
  expect((await from.read(KEY))?.turn).toMatchObject({ fence, status: 'running' });
  expect(lost).toEqual([]);
});

test('a target that fails as a whole ends the copy, and the next run goes on', async () => {
  const keys = Array.from({ length: 6 }, (_, n) => `agent:main:s${n}`);
  const from = await memory(...keys);
  const to = await memory();
  let left = 9;
  const failing: Backend = {
    ...to,
    async append(...call) {
      left -= 1;
      if (left === 0) throw new HoldfastError('DISK_FULL', 'the disk of this test is full');
      return to.append(...call);
    },
  };
  await expect(copyInto(from, failing, SETTINGS)).rejects.toMatchObject({ code: 'DISK_FULL' });
  const report = await copyInto(from, to, SETTINGS);
  expect(report).toMatchObject({ ok: true, same: 6 });
  expect(report.copied).toBeLessThan(6);
  expect(await keysOf(to)).toEqual(keys);
});

test('it ends when it is told to, with the reason, between two records', async () => {
  const from = await memory(KEY, OTHER);
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const why = new HoldfastError('STORE_CLOSED', 'this test has seen enough of it');
  const settings = { ...SETTINGS, signal: stop.signal, onProgress: () => stop.abort(why) };
  const to = await memory();
  await expect(copyInto(from, to, settings)).rejects.toBe(why);
  expect(await copyInto(from, to, SETTINGS)).toMatchObject({ ok: true, same: 2 });
});

test('only the sessions of an agent are copied when that is asked for', async () => {
  const [from, to] = [await memory(KEY, 'agent:work:main'), await memory()];
  const settings = { ...SETTINGS, agentId: 'work' };
  expect(await copyInto(from, to, settings)).toMatchObject({ ok: true, same: 1 });
  expect(await keysOf(to)).toEqual(['agent:work:main']);
});

test('two copies of one source into one target follow one another', async () => {
  const from = await memory(...Array.from({ length: 20 }, (_, n) => `agent:main:s${n}`));
  const to = await memory();
  const reports = await Promise.all([1, 2, 3].map(() => copyInto(from, to, SETTINGS)));
  expect(reports.map(({ ok, same }) => [ok, same])).toEqual([1, 2, 3].map(() => [true, 20]));
  expect(reports.map(({ copied }) => copied).sort()).toEqual([0, 0, 20]);
});
