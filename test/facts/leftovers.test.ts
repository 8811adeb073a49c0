import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sessionFolder } from '../../src/backends/files/layout.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';

const KEY = 'agent:main:slack:channel:c1';
const token = (n: number) => n.toString(16).padStart(32, '0');
const LONG_AGO_S = Date.now() / 1_000 - 7_200;

function leave(path: string, old: boolean): string {
  writeFileSync(path, 'half of a list', { mode: 0o600 });
  if (old) utimesSync(path, LONG_AGO_S, LONG_AGO_S);
  return path;
}

it('C.11 an opening removes temp files that are old and whose target is healthy, and shows the others', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  await store.session(KEY).update({ a: 1 });
  await store.close();
  const changes = join(root, 'agents/main/sessions/changes');
  const directory = join(root, 'agents/main/sessions/sessions.d', sessionFolder(KEY));
  writeFileSync(join(changes, 'list.9.jsonl'), 'a target that is there\n', { mode: 0o600 });
  const old = leave(join(changes, `list.9.jsonl.tmp-${token(1)}`), true);
  const young = leave(join(changes, `list.9.jsonl.tmp-${token(2)}`), false);
  const orphan = leave(join(changes, `list.77.jsonl.tmp-${token(3)}`), true);
  const inSession = leave(join(directory, `meta.2.jsonl.tmp-${token(4)}`), true);

  const after = await openStoreAt(root);
  const { problems } = await after.store.verify();
  expect(problems.map(({ path }) => path)).toContain(inSession.slice(root.length + 1));
  // It is cleared away in the background, so that nobody waits for it.
  await expect.poll(() => existsSync(old), { timeout: 20_000 }).toBe(false);
  await after.store.close();
  expect([old, young, orphan, inSession].map(existsSync)).toEqual([false, true, true, true]);
});

it('C.11 ten thousand orphans make an opening look at no more files', async () => {
  const count = async (orphans: number): Promise<number> => {
    const root = temporaryDirectory();
    const directory = join(root, 'agents/main/sessions/sessions.d');
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (let n = 0; n < orphans; n++) leave(join(directory, `orphan.tmp-${token(n)}`), true);
    let calls = 0;
    const { realSystem } = await import('../../src/system/system.ts');
    const fs = Object.fromEntries(
      Object.entries(realSystem.fs).map(([name, call]) => [
        name,
        (...given: unknown[]) => {
          calls += 1;
          return (call as (...given: unknown[]) => unknown)(...given);
        },
      ]),
    ) as unknown as typeof realSystem.fs;
    const { store } = await openStoreAt(root, { system: { ...realSystem, fs } });
    await store.session(KEY).update({ a: 1 });
    await store.close();
    return calls;
  };
  expect(await count(10_000)).toBe(await count(0));
});
