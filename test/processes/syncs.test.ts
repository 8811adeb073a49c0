import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { until } from '../../src/contract/conformance/trial.ts';
import { storeOver } from '../../src/index.ts';
import { realSystem } from '../../src/system/system.ts';
import { newDirectory } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';

test('R4.8 each record is synced in its own file when the conversation changes meanwhile', async (context) => {
  if (!existsSync('/proc/self/fd')) context.skip('this system does not tell what a descriptor is');
  const directory = newDirectory();
  /** What each sync of a transcript found in the file when it was over. */
  const synced: string[] = [];
  let hold: Promise<void> | undefined;
  const fs = {
    ...realSystem.fs,
    fdatasync: async (fd: number) => {
      const link = `/proc/self/fd/${fd}`;
      // A reset waits for its log; the records before it need not wait for the reset.
      if (!/meta\.\d+\.jsonl$/.test(readlinkSync(link))) await hold;
      const path = existsSync(link) ? readlinkSync(link) : 'closed';
      if (/[0-9a-f]\.jsonl$/.test(path)) synced.push(readFileSync(path, 'utf8'));
      await realSystem.fs.fdatasync(fd);
    },
  };
  const settings = { durability: 'power', instance: 'syncs', lockWaitMs: 1_000 } as const;
  const more = { openFilesMax: 128, onWarning: () => undefined };
  const backend = await openFiles(directory, { ...settings, ...more }, { ...realSystem, fs });
  const store = await storeOver(backend, { durability: 'power' });
  const session = store.session(KEY);
  await session.append({ type: 'note', text: 'zero' });
  synced.length = 0;

  let release: () => void = () => undefined;
  hold = new Promise((resolve) => {
    release = resolve;
  });
  const acknowledged: string[] = [];
  const append = (text: string) =>
    session.append({ type: 'note', text }).then(() => {
      const isThere = synced.some((file) => file.includes(`"text":"${text}"`));
      acknowledged.push(`${text} ${isThere ? 'synced' : 'lost'}`);
    });
  // The first one is being synced, the second one waits for the next sync, the third one lies elsewhere.
  const all = [append('one'), append('two'), session.reset({ keep: 'none' }), append('three')];
  await until('the third one is written', () =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .some((name) => readFileSync(join(directory, name), 'utf8').includes('"three"')),
  );
  release();
  await Promise.all(all);
  expect(acknowledged.sort()).toEqual(['one synced', 'three synced', 'two synced']);
  await store.close();
});
