import { existsSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sessionFolder } from '../../src/backends/files/layout.ts';
import { collect } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';

const KEY = 'agent:main:telegram:group:-1:topic:7';
const note = (n: number) => ({ type: 'note', n });

it('R5.7 side files of a session stay with it over reset and restore, and go with it', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  const session = store.session(KEY);
  await session.append(note(1));
  const first = (await session.read())?.sessionId as string;
  const directory = join(root, 'agents/main/sessions/sessions.d', sessionFolder(KEY));
  const side = join(directory, `${first}.trajectory.jsonl`);
  writeFileSync(side, '{"step":1}\n', { mode: 0o600 });
  await session.reset();
  expect(existsSync(side)).toBe(true);
  await session.restore(first);
  expect(existsSync(side)).toBe(true);
  expect((await store.verify()).problems).toEqual([]);
  await session.remove();
  await store.close();
  expect(existsSync(side)).toBe(false);
  expect(readdirSync(join(root, 'agents/main/sessions/removed'))).toEqual([]);
});

it('R5.7 side files that another program left beside its transcript go with an adopted session', async () => {
  const root = temporaryDirectory();
  const { store, backend } = await openStoreAt(root);
  await store.session('agent:main:other').update({ a: 1 });
  const base = join(root, 'agents/main/sessions');
  const lines = '{"type":"session","version":3,"id":"0f","timestamp":"2026-11-22T00:00:00.000Z"}\n';
  const names = ['0f.jsonl', '0f.trajectory.jsonl', '0f.trajectory-path.json', '0fa.jsonl'];
  for (const name of names) writeFileSync(join(base, name), lines);
  const past = { sessionId: '0f', entry: { sessionFile: '0f.jsonl' }, createdAt: 1, updatedAt: 2 };
  expect(await backend.adopt(KEY, past)).toBe(true);
  expect(await store.session(KEY).remove()).toBe(true);
  await store.close();
  expect(names.map((name) => existsSync(join(base, name)))).toEqual([false, false, false, true]);
});

it('R5.8 archives are rebuilt from transcripts alone', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  const session = store.session(KEY);
  for (let n = 0; n < 3; n++) {
    await session.append(note(n));
    await session.reset({ reason: 'new' });
  }
  const before = await session.archives();
  await store.close();
  const directory = join(root, 'agents/main/sessions/sessions.d', sessionFolder(KEY));
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.archived.json')) unlinkSync(join(directory, name));
  }

  const after = await openStoreAt(root);
  expect(await after.store.session(KEY).archives()).toEqual([]);
  const { actions } = await after.store.repair({ dryRun: false });
  expect(actions.map(({ key }) => key)).toEqual([KEY, KEY, KEY]);
  const rebuilt = await after.store.session(KEY).archives();
  const ids = (archives: typeof before) => archives.map(({ sessionId }) => sessionId).sort();
  expect(ids(rebuilt)).toEqual(ids(before));
  for (const { sessionId, createdAt, reason, bytes } of rebuilt) {
    const known = before.find((archive) => archive.sessionId === sessionId);
    expect(bytes).toBe(known?.bytes);
    expect(reason).toBe('recovered');
    expect(Math.abs(createdAt - (known?.createdAt ?? 0))).toBeLessThan(1_000);
    const records = await collect(after.store.session(KEY).transcript({ sessionId }));
    expect(records).toHaveLength(1);
  }
});
