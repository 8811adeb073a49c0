import { chmodSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { collect } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { bytesOf, treeOf } from '../files/tree-of.ts';

const STORES = fileURLToPath(new URL('stores', import.meta.url));
const formats = readdirSync(STORES).filter((name) => /^\d+$/.test(name));

interface Expected {
  sessions: Record<string, { records: unknown[]; archives: unknown[]; rev: number }>;
}

/** A copy of the store that a released version wrote, and what it held when that version read it. */
function storeOfFormat(format: string): { root: string; expected: Expected } {
  const root = join(temporaryDirectory(), 'store');
  cpSync(join(STORES, format, 'store'), root, { recursive: true });
  // Git keeps no permissions but the one to execute.
  for (const { path, kind } of treeOf(root)) {
    chmodSync(join(root, path), kind === 'directory' ? 0o700 : 0o600);
  }
  const expected = JSON.parse(readFileSync(join(STORES, format, 'expected.json'), 'utf8'));
  return { root, expected };
}

async function seenOf(backend: Backend, key: string): Promise<unknown> {
  const state = await backend.read(key);
  const records = await collect(backend.transcript(key, { onDamage: 'throw' }));
  return JSON.parse(JSON.stringify({ ...state, records, archives: await backend.archives(key) }));
}

describe.each(formats)('the store of format %s', (format) => {
  test('C.18 shows what it showed to the version that wrote it', async () => {
    const { root, expected } = storeOfFormat(format);
    const { backend, warnings } = await openStoreAt(root);
    const keys = Object.keys(expected.sessions);
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) expect(await seenOf(backend, key), key).toEqual(expected.sessions[key]);
    const listed = (await collect(backend.list({ order: 'key' }))).map(({ key }) => key);
    expect(listed.sort()).toEqual([...keys].sort());
    expect(warnings).toEqual([]);
    const { ok, problems } = await backend.verify();
    expect({ ok, problems }).toEqual({ ok: true, problems: [] });
  });

  test('C.18 R8.2 is changed by no look at it, but for the caches', async () => {
    const { root, expected } = storeOfFormat(format);
    const before = bytesOf(root);
    const { store, backend } = await openStoreAt(root);
    for (const key of Object.keys(expected.sessions)) await seenOf(backend, key);
    await collect(backend.list({ order: 'updated' }));
    await backend.verify();
    await store.close();
    const after = bytesOf(root);
    for (const [path, hash] of Object.entries(before)) {
      if (!path.includes('/changes/')) expect(after[path], path).toBe(hash);
    }
    expect(Object.keys(after).filter((path) => !path.includes('/changes/'))).toEqual(
      Object.keys(before).filter((path) => !path.includes('/changes/')),
    );
  });

  test('C.18 goes on with every verb', async () => {
    const { root, expected } = storeOfFormat(format);
    const { store } = await openStoreAt(root);
    for (const [key, { rev, records, archives }] of Object.entries(expected.sessions)) {
      const session = store.session(key);
      expect((await session.update({ today: key })).rev, key).toBe(rev + 1);
      await session.append({ type: 'note', text: 'today' });
      expect(await collect(session.transcript()), key).toHaveLength(records.length + 1);
      const { sessionId } = (await session.read()) ?? { sessionId: '' };
      expect(await session.turn((turn) => turn.fence, { whenBusy: 'reject' })).toBeGreaterThan(0);
      await session.reset();
      expect(await session.archives(), key).toHaveLength(archives.length + 1);
      await session.restore(sessionId);
      expect(await collect(session.transcript()), key).toHaveLength(records.length + 1);
    }
    expect((await store.verify()).ok).toBe(true);
    for (const key of Object.keys(expected.sessions)) {
      expect(await store.session(key).remove()).toBe(true);
    }
    expect(await collect(store.list())).toEqual([]);
  });
});
