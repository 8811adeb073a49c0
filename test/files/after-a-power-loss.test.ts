import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sessionFolder } from '../../src/backends/files/layout.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:slack:channel:c1';

/** The machine after so many starts. */
function started(boot: string): System {
  return { ...realSystem, machine: { ...realSystem.machine, boot } };
}

function directoryOf(root: string, key = KEY): string {
  return join(root, 'agents/main/sessions/sessions.d', sessionFolder(key));
}

it('C.14 a session of which nothing but zeros reached the disk never was, and may begin', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).append({ type: 'note' });
  await store.close();
  for (const name of readdirSync(directoryOf(root)).filter((one) => one.endsWith('.jsonl'))) {
    writeFileSync(join(directoryOf(root), name), Buffer.alloc(name.startsWith('meta') ? 300 : 0));
  }

  const after = await openStoreAt(root);
  expect(await after.store.session(KEY).read()).toBeUndefined();
  expect(await collect(after.store.list())).toEqual([]);
  expect((await after.store.verify()).ok).toBe(true);
  expect((await after.store.session(KEY).update({ b: 1 })).rev).toBe(1);
  expect(after.warnings.map(({ code }) => code)).toEqual(['TORN_TAIL']);
});

it('C.5 a log that a power loss left as zeros beside anything else is damaged, not missing', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ a: 1 });
  await store.session(KEY).reset();
  await store.close();
  writeFileSync(join(directoryOf(root), 'meta.1.jsonl'), Buffer.alloc(300));

  const after = await openStoreAt(root);
  await expect(after.store.session(KEY).read()).rejects.toMatchObject({ code: 'ENTRY_DAMAGED' });
  await expect(after.store.session(KEY).update({ b: 1 })).rejects.toMatchObject({
    code: 'ENTRY_DAMAGED',
  });
  const { ok, problems } = await after.store.verify();
  expect(ok).toBe(false);
  expect(problems.map(({ code }) => code)).toContain('ENTRY_DAMAGED');
});

it('C.14 a hole that a power loss left in a log: the state before it, and the next writer goes on', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ n: 1 });
  const log = join(directoryOf(root), 'meta.1.jsonl');
  const kept = readFileSync(log).length;
  for (const n of [2, 3]) await store.session(KEY).update({ n, text: `${n}`.repeat(700) });
  await store.close();
  // The sectors from the first one behind the kept line on had not been written, the last one had.
  const bytes = readFileSync(log);
  const hole = Math.floor(bytes.length / 512) * 512;
  writeFileSync(log, bytes.fill(0, kept, hole));

  const after = await openStoreAt(root);
  expect(await after.store.session(KEY).read()).toMatchObject({ rev: 1, entry: { n: 1 } });
  expect((await after.store.verify()).ok).toBe(true);
  expect((await after.store.session(KEY).update({ n: 4 })).rev).toBe(2);
  expect(after.warnings.map(({ code }) => code)).toEqual(['TORN_TAIL']);
  const [aside] = readdirSync(directoryOf(root)).filter((name) => name.includes('.torn.'));
  expect(readFileSync(join(directoryOf(root), aside ?? ''))).toEqual(bytes.subarray(kept));
  const next = await openStoreAt(root);
  expect(await next.store.session(KEY).read()).toMatchObject({ rev: 2, entry: { n: 4 } });
});

it('C.5 a log that says nothing is told by its transcript, and repaired', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).append({ type: 'note', n: 1 });
  const { sessionId } = (await store.session(KEY).read()) ?? {};
  await store.close();
  writeFileSync(join(directoryOf(root), 'meta.1.jsonl'), Buffer.alloc(300));

  const after = await openStoreAt(root);
  const { problems } = await after.store.verify();
  expect(problems).toMatchObject([{ code: 'ENTRY_DAMAGED', key: KEY }]);
  await after.store.repair({ dryRun: false });
  expect((await after.store.session(KEY).read())?.sessionId).toBe(sessionId);
  const records = await collect(after.store.session(KEY).transcript());
  expect(records.map((record) => record.n)).toEqual([1]);
});

it('R7.5 the first line of a session that was never finished is no session', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ a: 1 });
  await store.close();
  truncateSync(join(directoryOf(root), 'meta.1.jsonl'), 40);

  const after = await openStoreAt(root);
  expect(await after.store.session(KEY).read()).toBeUndefined();
  expect((await after.store.session(KEY).update({ b: 1 })).rev).toBe(1);
  expect(readdirSync(directoryOf(root)).some((name) => name.includes('.torn.'))).toBe(true);
});

it('R7.4 a saved list of another start of the machine is not believed', async () => {
  const root = temporaryDirectory();
  const changes = join(root, 'agents/main/sessions/changes');
  const before = await openStoreAt(root, { system: started('one') });
  await before.store.session(KEY).update({ label: 'before' });
  await collect(before.store.list());
  await before.store.session(KEY).update({ label: 'after' });
  await before.store.close();
  // The power loss took the journal's last line; the log was synced.
  const journal = join(changes, '1.1.jsonl');
  const lines = readFileSync(journal, 'utf8').split('\n');
  writeFileSync(journal, `${lines.slice(0, -2).join('\n')}\n`);

  const same = await openStoreAt(root, { system: started('one') });
  const labels = async (store: typeof same.store) =>
    (await collect(store.list())).map(({ label }) => label);
  // This is why: the list and the shortened journal agree with each other.
  const believed = await labels(same.store);
  await same.store.close();
  const next = await openStoreAt(root, { system: started('two') });
  expect(await labels(next.store)).toEqual(['after']);
  expect(believed.length).toBe(1);
});
