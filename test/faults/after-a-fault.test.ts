import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sealLine } from '../../src/backends/files/log-line.ts';
import { until } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { filesMatching } from '../files/tree-of.ts';
import { FaultySystem } from './faulty-system.ts';
import { firstLog, lively, said } from './operations.ts';
import { outcomeOf, viewOf } from './view-of-session.ts';

const KEY = 'agent:main:main';

test('C.15 after a sync that failed the next update is acknowledged: it waits until the log is written anew', async () => {
  const system = new FaultySystem();
  const { backend } = await openStoreAt(temporaryDirectory(), { system, durability: 'power' });
  await backend.update(KEY, { n: 0 }, {});
  system.intervene = ({ name }) => (name === 'fdatasync' ? { errno: 'EIO' } : undefined);
  expect(await outcomeOf(() => backend.update(KEY, { n: 1 }, {}))).toBe('OUTCOME_UNKNOWN');
  system.mend();
  expect((await backend.update(KEY, { n: 2 }, {})).rev).toBe(3);
});

test('C.15 after a sync that failed nothing is acknowledged until the log could be written anew', async () => {
  const system = new FaultySystem();
  const { backend } = await openStoreAt(temporaryDirectory(), { system, durability: 'power' });
  await backend.update(KEY, { n: 0 }, {});
  let syncs = 0;
  // The kernel tells of a lost write once: the syncs after it succeed, and prove nothing.
  system.intervene = ({ name, path }) => {
    if (name === 'fdatasync' && path.endsWith('.jsonl') && ++syncs === 1) return { errno: 'EIO' };
    return name === 'open' && path.includes('.tmp-') ? { errno: 'ENOSPC' } : undefined;
  };
  for (let n = 1; n <= 3; n++) {
    const outcome = await outcomeOf(() => backend.update(KEY, { n }, {}));
    expect(outcome, `update ${n}`).toBe('OUTCOME_UNKNOWN');
  }
  expect(syncs).toBe(1);
  system.mend();
  expect((await backend.update(KEY, { n: 4 }, {})).entry).toEqual({ n: 4 });
});

test('C.15 a session to which records are only appended goes on after a sync that failed, too', async () => {
  const system = new FaultySystem();
  const { backend } = await openStoreAt(temporaryDirectory(), { system, durability: 'power' });
  await backend.append(KEY, said('first'), {}, {});
  system.intervene = ({ name }) => (name === 'fdatasync' ? { errno: 'EIO' } : undefined);
  const refused = await outcomeOf(() => backend.append(KEY, said('second'), {}, {}));
  expect(refused).toBe('OUTCOME_UNKNOWN');
  system.mend();
  await backend.append(KEY, said('third'), {}, {});
});

test('C.15 a removal whose sync failed is no plain refusal: the session is gone', async () => {
  const system = new FaultySystem();
  const { backend } = await openStoreAt(temporaryDirectory(), { system, durability: 'power' });
  await backend.update(KEY, { n: 0 }, {});
  system.intervene = ({ name }) => (name === 'fdatasync' ? { errno: 'EIO' } : undefined);
  expect(await outcomeOf(() => backend.remove(KEY, {}))).toBe('OUTCOME_UNKNOWN');
  system.mend();
  expect(await backend.read(KEY)).toBe(undefined);
  expect((await backend.update(KEY, { n: 1 }, {})).rev).toBe(1);
});

test('C.15 who had seen the damage of a log sees its repair, also while the damaged log stays', async () => {
  const root = temporaryDirectory();
  const { backend: other } = await openStoreAt(root);
  await other.update(KEY, { n: 1 }, {});
  await other.update(KEY, { n: 2 }, {});
  writeFileSync(firstLog(root, KEY), 'rot\n', { flag: 'a' });
  expect(await outcomeOf(() => other.read(KEY))).toBe('ENTRY_DAMAGED');
  const system = new FaultySystem();
  const { backend } = await openStoreAt(root, { system });
  system.intervene = ({ name, path }) =>
    name === 'unlink' && path.endsWith('meta.1.jsonl') ? { errno: 'EIO' } : undefined;
  await backend.repair({ dryRun: false });
  system.mend();
  expect(await other.read(KEY)).toEqual(await backend.read(KEY));
  // What stayed is shown, and the next repair keeps its word.
  expect((await backend.verify()).problems.map(({ code }) => code)).toEqual(['LEFTOVER']);
  await backend.repair({ dryRun: false });
  expect((await backend.verify()).problems).toEqual([]);
});

test('C.15 a repair that can not write the log anew leaves the damaged one, not an empty one beside it', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  await store.close();
  writeFileSync(firstLog(root, KEY), 'rot\n', { flag: 'a' });
  const system = new FaultySystem();
  const { backend } = await openStoreAt(root, { system });
  system.intervene = ({ name, path }) => {
    if (!/meta\.2\.jsonl/.test(path)) return undefined;
    return /^(write|unlink)/.test(name) ? { errno: 'ENOSPC' } : undefined;
  };
  expect(await outcomeOf(() => backend.repair({ dryRun: false }))).toBe('DISK_FULL');
  system.mend();
  expect(await outcomeOf(() => backend.read(KEY))).toBe('ENTRY_DAMAGED');
  expect(filesMatching(root, /\.damaged\./)).toEqual([]);
  await backend.repair({ dryRun: false });
  expect((await backend.read(KEY))?.entry).toEqual({ n: 1 });
});

test('C.15 a torn tail that can not be kept aside leaves no parts of a copy, however often it is tried', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  await store.close();
  writeFileSync(firstLog(root, KEY), '{"rev":2,"se', { flag: 'a' });
  const system = new FaultySystem();
  const { backend } = await openStoreAt(root, { system });
  system.intervene = ({ name, path }) =>
    name.startsWith('write') && path.includes('.torn.') ? { errno: 'ENOSPC' } : undefined;
  for (let tries = 0; tries < 3; tries++) {
    expect(await outcomeOf(() => backend.update(KEY, { n: 2 }, {}))).toBe('DISK_FULL');
  }
  expect(filesMatching(root, /\.torn\./)).toEqual([]);
  system.mend();
  expect((await backend.update(KEY, { n: 2 }, {})).rev).toBe(2);
  expect(filesMatching(root, /\.torn\./)).toHaveLength(1);
});

test('C.15 a session that can not be taken back is no plain refusal', async () => {
  const system = new FaultySystem();
  const { backend } = await openStoreAt(temporaryDirectory(), { system });
  system.intervene = ({ path, name }) => {
    const takingBack = name === 'ftruncateSync' && /meta\.1\.jsonl$/.test(path);
    return takingBack || /[0-9a-f]{12}\.jsonl$/.test(path) ? { errno: 'EIO' } : undefined;
  };
  const outcome = await outcomeOf(() => backend.append(KEY, said('first'), {}, {}));
  expect(outcome).toBe('OUTCOME_UNKNOWN');
  system.mend();
  expect(await backend.read(KEY)).toMatchObject({ rev: 1, entry: {} });
});

test('C.15 a probe of locks that can not be closed in order refuses no opening and does not stay', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  system.intervene = ({ name, path }) =>
    name === 'closeSync' && path.includes('probe-') ? { errno: 'EIO' } : undefined;
  const { warnings } = await openStoreAt(root, { system });
  expect(warnings).toMatchObject([{ code: 'IO_FAILED' }]);
  expect(readdirSync(root).filter((name) => name.startsWith('probe-'))).toEqual([]);
});

test('C.11 the probe of an opening that was killed is cleared away by a later one', async () => {
  const root = temporaryDirectory();
  const [old, young] = ['a', 'b'].map((digit) => join(root, `probe-${digit.repeat(32)}.lock`));
  for (const path of [old, young]) writeFileSync(path as string, '');
  utimesSync(old as string, 1, 1);
  await openStoreAt(root);
  await until('the old probe is gone', () => !readdirSync(root).some((name) => /-aaaa/.test(name)));
  expect(readdirSync(root).some((name) => /-bbbb/.test(name))).toBe(true);
});

test('R1.4 nothing of a removed session comes back with the next one, also where its directory can not be moved', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { backend } = await openStoreAt(root, { system });
  await lively(backend, KEY);
  system.intervene = ({ name }) => (name === 'renameSync' ? { errno: 'EACCES' } : undefined);
  await backend.remove(KEY, {});
  await backend.update(KEY, { n: 1 }, {});
  expect(await backend.archives(KEY)).toEqual([]);
  system.mend();
  await backend.repair({ dryRun: false });
  expect(await viewOf(backend, KEY)).toEqual({
    rev: 1,
    entry: { n: 1 },
    records: [],
    archives: [],
  });
});

test('C.14 a generation of a log that stays behind a removal goes with the next repair', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  await store.close();
  writeFileSync(firstLog(root, KEY), sealLine('{"removed":true,"at":1'), { flag: 'a' });
  const system = new FaultySystem();
  const { backend } = await openStoreAt(root, { system });
  system.intervene = ({ name }) => (name === 'renameSync' ? { errno: 'EACCES' } : undefined);
  await backend.update(KEY, { n: 2 }, {});
  system.mend();
  await backend.repair({ dryRun: false });
  expect(readdirSync(directoryOf(root, KEY)).filter((name) => /^meta/.test(name))).toEqual([
    'meta.2.jsonl',
  ]);
  expect((await backend.verify()).problems).toEqual([]);
});
