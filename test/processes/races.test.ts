import { appendFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openStore, type Store, type Warning } from 'holdfast';
import { expect, test } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { until } from '../../src/contract/conformance/trial.ts';
import { storeOver } from '../../src/index.ts';
import type { FileSystem } from '../../src/system/file-system.ts';
import { realSystem } from '../../src/system/system.ts';
import { newDirectory } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';
const SETTINGS = { durability: 'process', instance: 'folds', lockWaitMs: 10_000 } as const;

async function openWith(
  directory: string,
  calls: Partial<FileSystem>,
  onWarning: (warning: Warning) => void = () => undefined,
): Promise<Store> {
  const more = { openFilesMax: 128, onWarning };
  const system = { ...realSystem, fs: { ...realSystem.fs, ...calls } };
  return storeOver(await openFiles(directory, { ...SETTINGS, ...more }, system));
}

function names(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

/** Updates until something has happened to the log; the number of the last one. */
/** Where a path leads that goes through an open directory: its number may be another one's later. */
function placeOf(path: string): string {
  return path.startsWith('/proc/') ? join(readlinkSync(dirname(path)), basename(path)) : path;
}

async function updateUntil(store: Store, from: number, happened: () => boolean): Promise<number> {
  let n = from;
  for (const most = from + 2_000; !happened() && n < most; n += 1) {
    await store.session(KEY).update({ n, text: `${n % 10}`.repeat(8_000) });
    // A fold goes on beside the commits.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(happened()).toBe(true);
  return n - 1;
}

test('C.10 a fold keeps away from the unfinished line of a process that died meanwhile', async () => {
  const directory = newDirectory();
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let syncing = false;
  const store = await openWith(directory, {
    fsync: async (fd) => {
      syncing = true;
      await held;
      return realSystem.fs.fsync(fd);
    },
  });
  const reader = await openStore(directory);
  const last = await updateUntil(store, 1, () => syncing);
  await reader.session(KEY).read();
  const log = names(directory).find((name) => name.endsWith('meta.1.jsonl')) as string;
  appendFileSync(join(directory, log), '{"rev":9999,"at":1,"set":{"n":');
  release();
  await until('the log was folded', () =>
    names(directory).some((name) => name.endsWith('meta.2.jsonl')),
  );
  expect((await reader.session(KEY).read())?.entry.n).toBe(last);
  expect((await reader.session(KEY).update({ after: true })).rev).toBe(last + 1);
  expect(names(directory).filter((name) => name.includes('.torn.'))).toHaveLength(1);
  await reader.close();
  await store.close();
});

test('R7.3 a process that slept through two folds writes into the third log', async () => {
  const directory = newDirectory();
  const store = await openStore(directory);
  const folded = (generation: number) => () =>
    names(directory).some((name) => name.endsWith(`meta.${generation}.jsonl`));
  // Old logs stay for now, as they do while whoever folds is slow.
  const kept: string[] = [];
  const slow = await openWith(directory, {
    unlink: async (path) => {
      if (/meta\.\d+\.jsonl$/.test(path)) kept.push(placeOf(path));
      else await realSystem.fs.unlink(path);
    },
  });
  let sleeping = false;
  const sleeper = await openWith(directory, {
    openSync: (path, flags, mode) => {
      // They go at the very moment at which it looks for the second one.
      if (sleeping && path.endsWith('meta.2.jsonl')) {
        for (const old of kept.splice(0)) realSystem.fs.unlinkSync(old);
      }
      return realSystem.fs.openSync(path, flags, mode);
    },
  });
  await sleeper.session(KEY).update({ n: 0 });
  const second = await updateUntil(slow, 1, folded(2));
  const last = await updateUntil(slow, second + 1, folded(3));
  await until('the old logs could go', () => kept.length >= 2);
  sleeping = true;
  const state = await sleeper.session(KEY).update({ sleeper: 'awake' });
  expect(state.entry.n).toBe(last);
  expect((await store.session(KEY).read())?.entry).toMatchObject({ n: last, sleeper: 'awake' });
  for (const each of [sleeper, slow, store]) await each.close();
});

test('R1.4 a removal that finds its directory gone leaves what comes after it alone', async () => {
  const directory = newDirectory();
  const other = await openStore(directory);
  await other.session(KEY).update({ n: 1 });
  let armed = true;
  const warnings: unknown[] = [];
  const late = await openWith(
    directory,
    {
      openSync: (path, flags, mode) => {
        // It has read the log already when the whole session is moved away by another process.
        if (armed && path.endsWith('/lock')) {
          armed = false;
          realSystem.fs.renameSync(dirname(placeOf(path)), join(newDirectory(), 'moved'));
        }
        return realSystem.fs.openSync(path, flags, mode);
      },
    },
    (warning) => warnings.push(warning),
  );
  expect(await late.session(KEY).remove()).toBe(false);
  expect(armed).toBe(false);
  expect(warnings).toEqual([]);
  await late.close();
  await other.close();
});
