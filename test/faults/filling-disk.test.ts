import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { treeOf } from '../files/tree-of.ts';
import { FaultySystem, isWrite } from './faulty-system.ts';
import { OPERATIONS } from './operations.ts';
import { outcomeOf, viewOf } from './view-of-session.ts';

const ENDING = /^end/;
const operations = OPERATIONS.filter(
  ({ name }) => !ENDING.test(name) && name !== 'update in a turn',
);

test.each(operations)(
  'C.15 $name: a disk that fills up in the middle of any write is DISK_FULL, and the part is taken back',
  async ({ prepare, run }) => {
    const root = temporaryDirectory();
    const system = new FaultySystem();
    const { store, backend, warnings } = await openStoreAt(root, { system });
    let writes = 1;
    for (let index = 1; index <= writes; index++) {
      const key = `agent:main:${index}`;
      system.mend();
      await prepare?.(backend, key);
      const before = await viewOf(backend, key);
      const files = linesOf(directoryOf(root, key));
      let seen = 0;
      system.intervene = (call) => {
        if (!isWrite(call)) return undefined;
        seen += 1;
        if (seen === index) return { bytes: 7 };
        return seen === index + 1 ? { errno: 'ENOSPC' } : undefined;
      };
      expect(await outcomeOf(() => run(backend, key)), `write ${index}`).toBe('DISK_FULL');
      system.mend();
      expect(await viewOf(backend, key)).toEqual(before);
      expect(linesOf(directoryOf(root, key)), `write ${index}`).toEqual(files);
      system.forget();
      await run(backend, key);
      writes = system.calls.filter(isWrite).length;
    }
    expect(writes).toBeGreaterThan(1);
    expect(warnings).toEqual([]);
    // What is removed is cleared away behind the answer; closing waits for it.
    await store.close();
    const { store: after } = await openStoreAt(root);
    expect((await after.verify()).problems).toEqual([]);
  },
);

/** Logs and transcripts of a session with their bytes; an empty one counts as none. */
function linesOf(directory: string): Record<string, string> {
  if (!existsSync(directory)) return {};
  const files = treeOf(directory).filter(({ path, size }) => /jsonl/.test(path) && size > 0);
  return Object.fromEntries(files.map(({ path, hash }) => [path, hash]));
}
