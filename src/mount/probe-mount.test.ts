import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { realSystem } from '../system/system.ts';
import type { MountWorld } from './probe.ts';
import { probeMount, realMountWorld } from './probe-mount.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-mount-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Another process that says these things and is never really started. */
const saying = (...lines: string[]): MountWorld['processes'] => ({
  start: () => ({
    line: async () => lines.shift() ?? '',
    kill: async () => undefined,
  }),
});

/** What a check of a world came to. */
async function outcomes(world: Partial<MountWorld>) {
  const report = await probeMount(directory, { ...realMountWorld, ...world });
  expect(readdirSync(directory)).toEqual([]);
  const seen = Object.fromEntries(report.checks.map(({ id, outcome }) => [id, outcome]));
  return { report, seen };
}

function fsWith(calls: Partial<typeof realSystem.fs>): Partial<MountWorld> {
  return { system: { ...realSystem, fs: { ...realSystem.fs, ...calls } } };
}

test('a mount is tried with real files and processes, and nothing is left behind', async () => {
  const { report, seen } = await outcomes({});
  expect(seen['locks-exclude']).toBe('yes');
  expect(seen['locks-by-any-path']).toBe('yes');
  expect(seen['locks-end']).toBe('yes');
  expect(seen['append-atomic']).toBe('yes');
  expect(report.store).toBe(true);
  expect(report.freeBytes).toBeGreaterThan(0);
});

test('what somebody still has open is removed once it is let go', async () => {
  let refusals = 3;
  const rmdirSync: typeof realSystem.fs.rmdirSync = (path) => {
    if (refusals-- > 0) throw Object.assign(new Error('ENOTEMPTY'), { code: 'ENOTEMPTY' });
    realSystem.fs.rmdirSync(path);
  };
  const { report } = await outcomes(fsWith({ rmdirSync }));
  expect(report.store).toBe(true);
  expect(refusals).toBeLessThan(0);
});

describe('a mount that lies', () => {
  const kindOf = (kind: 'sound' | 'shared' | 'unknown'): Partial<MountWorld> => ({
    system: { ...realSystem, mount: { ...realSystem.mount, kind: () => kind } },
  });

  test('R11.3 grants a held lock to another process: no store can be there', async () => {
    // What the reader and the appender say after that is of no account here.
    const answers = ['granted granted', 'held', 'ready', '{"reads":1,"missing":0,"torn":0}'];
    const { report, seen } = await outcomes({ processes: saying(...answers) });
    expect(seen['locks-exclude']).toBe('no');
    expect(report.store).toBe(false);
    expect(report.power).toBe(false);
  });

  test('R11.3 grants it by another path alone', async () => {
    const answers = [
      'refused refused granted',
      'held',
      'ready',
      '{"reads":1,"missing":0,"torn":0}',
    ];
    const { report, seen } = await outcomes({ processes: saying(...answers) });
    expect(seen['locks-exclude']).toBe('yes');
    expect(seen['locks-by-any-path']).toBe('no');
    expect(report.store).toBe(false);
  });

  test('shows a reader half a file', async () => {
    const answers = ['refused refused', 'held', 'ready', '{"reads":9,"missing":0,"torn":1}'];
    const { report, seen } = await outcomes({ processes: saying(...answers) });
    expect(seen['rename-atomic']).toBe('no');
    expect(report.store).toBe(false);
  });

  test('is shared with other machines', async () => {
    const { report } = await outcomes(kindOf('shared'));
    expect(report.store).toBe(false);
  });

  test('is of a kind that nobody knows: the locks decide', async () => {
    const { report, seen } = await outcomes(kindOf('unknown'));
    expect(seen['own-disk']).toBe('unknown');
    expect(report.store).toBe(true);
  });
});

test("a mount that refuses syncs of directories keeps no durability 'power'", async () => {
  const fsync = async (fd: number) => {
    if (realSystem.fs.fstatSync(fd).isDirectory()) {
      throw Object.assign(new Error('EINVAL: invalid argument, fsync'), { code: 'EINVAL' });
    }
    await realSystem.fs.fsync(fd);
  };
  const { report, seen } = await outcomes(fsWith({ fsync }));
  expect(seen['sync-file']).toBe('yes');
  expect(seen['sync-directory']).toBe('no');
  expect(report).toMatchObject({ store: true, power: false });
});

test('R7.11 a mount that keeps no permissions holds no store', async () => {
  const lstatSync = (path: string) => {
    const facts = realSystem.fs.lstatSync(path);
    return Object.assign(facts, { mode: facts.mode | 0o777 });
  };
  const { report, seen } = await outcomes(fsWith({ lstatSync }));
  expect(seen.permissions).toBe('no');
  expect(report.store).toBe(false);
});

test('what lies in memory keeps nothing over a power loss', async () => {
  const facts = () => ({ type: 'tmpfs', inMemory: true, freeBytes: 1 });
  const { report } = await outcomes({ calls: { ...realMountWorld.calls, facts } });
  expect(report).toMatchObject({ type: 'tmpfs', store: true, power: false });
});

test('what was made is removed, also when a try fails half way', async () => {
  const fdatasync = () => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
  const { seen } = await outcomes(fsWith({ fdatasync }));
  expect(seen['sync-file']).toBe('no');
  const write = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  await expect(outcomes(fsWith({ writeSync: write }))).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(readdirSync(directory)).toEqual([]);
});

test('a directory that is not there is told as the error of its path', async () => {
  const missing = join(directory, 'missing');
  await expect(probeMount(missing)).rejects.toMatchObject({ code: 'IO_FAILED' });
  expect(() => readFileSync(missing)).toThrow('ENOENT');
});
