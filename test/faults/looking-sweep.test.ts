import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { collect } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { bytesOf, filesMatching } from '../files/tree-of.ts';
import { FaultySystem } from './faulty-system.ts';
import { outcomeOf } from './view-of-session.ts';

const KEYS = ['agent:main:one', 'agent:main:two', 'agent:other:three'];
const ERRNOS = ['EIO', 'EACCES', 'EMFILE'];

async function filledRoot(): Promise<string> {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const key of KEYS) {
    const session = store.session(key);
    await session.append({ type: 'note', text: 'first' });
    await session.reset();
    await session.append({ type: 'note', text: 'second' });
    await session.update({ key });
  }
  await store.close();
  return root;
}

/** Every verb that only looks, as something that can be compared. */
const LOOKS: Record<string, (backend: Backend) => Promise<unknown>> = {
  read: (backend) => backend.read('agent:main:one'),
  transcript: (backend) =>
    collect(backend.transcript('agent:main:one', { onDamage: 'throw', last: 10 })),
  'a page of a transcript': (backend) =>
    collect(backend.transcript('agent:main:one', { onDamage: 'throw', last: 1, before: 999 })),
  archives: (backend) => backend.archives('agent:main:one'),
  revisions: (backend) => backend.revisions('agent:main:one', { last: 10 }),
  size: (backend) => backend.size('agent:main:one'),
  'list, of a saved list': (backend) => collect(backend.list({ order: 'key' })),
  'list, without one': (backend) => collect(backend.list({ order: 'key' })),
  verify: (backend) => backend.verify(),
  figures: async (backend) => {
    // A listing may keep what it has learned, which changes the bytes of the journals.
    const { bytes, ...figures } = await backend.figures();
    return { ...figures, bytes: { ...bytes, journals: 0 } };
  },
};

test.each(Object.entries(LOOKS))(
  'R4.4 %s: a call that fails is an error or a warning, never something that seems to be missing',
  async (name, look) => {
    const root = await filledRoot();
    const first = await openStoreAt(root);
    const right = await look(first.backend);
    await first.store.close();
    for (const errno of ERRNOS) {
      let reached = true;
      for (let n = 1; reached; n++) {
        const lists = filesMatching(root, /list\.\d+\.jsonl$/);
        if (name === 'list, without one') for (const list of lists) rmSync(list);
        const system = new FaultySystem();
        const { store, backend, warnings } = await openStoreAt(root, { system });
        // What an opening clears away in the background is not what is looked at here.
        await backend.read('agent:main:nobody');
        await new Promise((resolve) => setImmediate(resolve));
        system.forget();
        system.failAt(n, errno);
        let seen: unknown;
        const outcome = await outcomeOf(async () => {
          seen = await look(backend);
        });
        reached = system.calls.length >= n;
        const failed = system.calls[n - 1];
        const where = `${errno} at call ${n}: ${failed?.name} ${failed?.path}`;
        if (outcome === undefined && warnings.length === 0) {
          if (JSON.stringify(seen) !== JSON.stringify(right))
            expect(isTold(seen), where).toBe(true);
        } else if (outcome !== undefined) expect(outcome, where).toBe('IO_FAILED');
        system.mend();
        expect(await look(backend), where).toEqual(right);
        await store.close();
        expect([...system.open.values()], where).toEqual([]);
      }
    }
  },
);

/** A verification tells what it could not look at. */
function isTold(seen: unknown): boolean {
  return (seen as { problems?: { code: string }[] }).problems?.[0]?.code === 'IO_FAILED';
}

test('C.15 an opening that fails leaves no descriptor open and can be tried again', async () => {
  const root = await filledRoot();
  const before = bytesOf(root);
  for (const errno of ERRNOS) {
    let reached = true;
    for (let n = 1; reached; n++) {
      const system = new FaultySystem();
      system.failAt(n, errno);
      const outcome = await outcomeOf(async () => {
        const { store } = await openStoreAt(root, { system });
        await store.close();
      });
      reached = system.calls.length >= n;
      const failed = system.calls[n - 1];
      const where = `${errno} at call ${n}: ${failed?.name} ${failed?.path}`;
      expect([undefined, 'IO_FAILED', 'UNSAFE_PATH', 'STORE_UNSUPPORTED'], where).toContain(
        outcome,
      );
      expect([...system.open.values()], where).toEqual([]);
      const after = bytesOf(root);
      for (const [path, hash] of Object.entries(before)) expect(after[path], where).toBe(hash);
    }
  }
});
