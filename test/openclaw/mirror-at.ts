import { expect } from 'vitest';
import type { Warning } from '../../src/contract/store.ts';
import { openMirror } from '../../src/mirror-state-dir.ts';
import type { Mirror } from '../../src/openclaw/mirror/mirror.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { openStoreAt, type StoreAt } from '../files/open-store-at.ts';
import { collect, readList } from './state-copy.ts';

export interface MirrorAt extends StoreAt {
  mirror: Mirror;
  told: Warning[];
}

/** A store with the real system under it, and its mirror, not started, with one of the test's own. */
export async function openMirrorAt(
  root: string,
  system: System = realSystem,
  { debounceMs = 5_000, version = '2026.7.1' } = {},
): Promise<MirrorAt> {
  const opened = await openStoreAt(root);
  const told: Warning[] = [];
  const onWarning = (warning: Warning) => {
    told.push(warning);
  };
  const mirror = await openMirror(opened.backend, { onWarning }, { debounceMs, version }, system);
  return { ...opened, mirror, told };
}

/** One look at the file, as opening does it, and one as closing does it. */
export async function mirrorOnce(root: string, system?: System): Promise<Warning[]> {
  const { mirror, store, told } = await openMirrorAt(root, system);
  await mirror.start();
  await mirror.close();
  await store.close();
  return told;
}

/** The mirror has every session of the store as it is, and nothing else. */
export async function expectCurrent(root: string, agentId = 'main'): Promise<void> {
  const { store } = await openStoreAt(root);
  const list = readList(root, agentId);
  const rows = await collect(store.list({ agentId }));
  expect(Object.keys(list).sort()).toEqual(rows.map(({ key }) => key).sort());
  for (const { key, sessionId, updatedAt } of rows) {
    expect(list[key], key).toMatchObject({ sessionId, updatedAt });
    const { sessionFile: _place, ...entry } = (await store.session(key).read())?.entry ?? {};
    const { skillsSnapshot: _stored, ...fields } = entry;
    expect(list[key], key).toMatchObject(fields);
  }
  await store.close();
}
