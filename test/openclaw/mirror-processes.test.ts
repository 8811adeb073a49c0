import { readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../src/contract/conformance/trial.ts';
import { Child } from '../processes/child.ts';
import { expectCurrent } from './mirror-at.ts';
import { inStore, listPath, readList, sessionsDir, temporaryDirectory } from './state-copy.ts';

const programs = new URL('./', import.meta.url);

/** A gateway that changes its own sessions without end, with a mirror of this debounce. */
function gateway(root: string, name: string, { debounceMs = 20, sessions = 5 } = {}): Child {
  const words = [root, String(debounceMs), String(sessions), name];
  return new Child('mirror-child', { words, programs });
}

/** Processes that began a temp file of the mirror, in order of their first one. */
function writersOf(root: string): () => number[] {
  const pids = new Set<number>();
  const watcher = watch(sessionsDir(root), (_event, name) => {
    const pid = /^sessions\.json\.(\d+)\.[0-9a-f-]{36}\.tmp$/.exec(name ?? '')?.[1];
    if (pid !== undefined) pids.add(Number(pid));
  });
  onTestFinished(() => watcher.close());
  return () => [...pids];
}

/** Waits until the file was replaced so often. */
async function replacements(root: string, count: number): Promise<void> {
  let last = statSync(listPath(root)).mtimeMs;
  for (let n = 0; n < count; n += 1) {
    await until('it is replaced', () => statSync(listPath(root)).mtimeMs !== last);
    last = statSync(listPath(root)).mtimeMs;
  }
}

async function storeWithMirror(): Promise<string> {
  const root = temporaryDirectory();
  await inStore(root, (store) => store.session('agent:main:first').update({ a: 1 }), {
    mirror: true,
  });
  return root;
}

const holder = (root: string) => {
  const text = readFileSync(join(sessionsDir(root), 'sessions.d', 'mirror.lock'), 'utf8');
  // Between the moment in which it is emptied and that in which it is written.
  return text.endsWith('\n') ? (JSON.parse(text).pid as number) : undefined;
};

describe('processes with a mirror of one store', () => {
  it('have one writer, which another one succeeds when it is killed', async () => {
    const root = await storeWithMirror();
    const writers = writersOf(root);
    const children = ['a', 'b', 'c'].map((name) => gateway(root, name));
    for (const child of children) await child.said('ready');
    const living = new Map(children.map((child) => [child.pid, child]));
    for (const remaining of [2, 1, 0]) {
      await until('somebody is the writer', () => living.has(holder(root) ?? 0));
      const writer = living.get(holder(root) as number) as Child;
      await replacements(root, 3);
      const former = writers();
      expect(former.at(-1)).toBe(writer.pid);
      expect(former).toHaveLength(3 - remaining);
      await writer.kill();
      living.delete(writer.pid);
    }
    for (const child of children) expect(child.allSaid('warning')).toEqual([]);
    await inStore(root, async () => undefined, { mirror: true });
    await expectCurrent(root);
  }, 120_000);

  it('show a reader nothing but whole files with every session', async () => {
    const root = await storeWithMirror();
    const child = gateway(root, 'busy', { debounceMs: 10, sessions: 50 });
    await child.said('ready');
    await until('all sessions are there', () => Object.keys(readList(root)).length === 51);
    const keys = Object.keys(readList(root)).sort();
    const versions = new Set<string>();
    let reads = 0;
    while (versions.size < 5 || reads < 300) {
      const text = readFileSync(listPath(root), 'utf8');
      const list = JSON.parse(text) as Record<string, { sessionId: string; n: number }>;
      expect(Object.keys(list).sort()).toEqual(keys);
      for (const { sessionId } of Object.values(list)) expect(sessionId).toHaveLength(36);
      versions.add(JSON.stringify(Object.values(list).map(({ n }) => n)));
      reads += 1;
      if (reads % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      expect(child.over).toBe(false);
    }
    console.log(`${reads} reads of ${versions.size} versions`);
    await child.kill();
  }, 120_000);

  it('write what is due when the last of them closes its store', async () => {
    const root = await storeWithMirror();
    const stores = await Promise.all([1, 2, 3].map(() => openStore(root, { mirror: true })));
    for (const [n, store] of stores.entries()) {
      await store.session(`agent:main:of-${n}`).update({ n });
    }
    for (const store of stores) await store.close();
    expect(Object.keys(readList(root))).toHaveLength(4);
    await expectCurrent(root);
  });
});
