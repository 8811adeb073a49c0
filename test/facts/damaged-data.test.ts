import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sessionFolder } from '../../src/backends/files/layout.ts';
import { refused } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';

const KEY = 'agent:main:slack:channel:c1';

it('R4.5 no write replaces damaged data; a repair keeps it aside under a dated name first', async () => {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (let n = 1; n <= 4; n++) await store.session(KEY).update({ n });
  await store.close();
  const directory = join(root, 'agents/main/sessions/sessions.d', sessionFolder(KEY));
  const log = join(directory, 'meta.1.jsonl');
  const bytes = readFileSync(log);
  const third = bytes.indexOf(10, bytes.indexOf(10) + 1) + 5;
  bytes[third] = (bytes[third] as number) ^ 1;
  writeFileSync(log, bytes);

  const after = await openStoreAt(root);
  const session = after.store.session(KEY);
  await refused('ENTRY_DAMAGED', session.update({ n: 5 }));
  await refused('ENTRY_DAMAGED', session.append({ type: 'note' }));
  await refused('ENTRY_DAMAGED', session.reset());
  await refused('ENTRY_DAMAGED', session.remove());
  expect(readFileSync(log)).toEqual(bytes);

  const { actions } = await after.store.repair({ dryRun: false });
  const aside = actions.find(({ key }) => key === KEY)?.keptAside as string;
  expect(aside).toMatch(/meta\.1\.jsonl\.damaged\.\d{4}-\d\d-\d\dT/);
  expect(readFileSync(join(root, aside)).subarray(0, bytes.length)).toEqual(bytes);
  expect((await session.read())?.entry.n).toBe(4);
  expect((await session.update({ n: 5 })).entry.n).toBe(5);
  expect(readdirSync(directory)).toContain(aside.split('/').at(-1));
});
