import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { underListLock } from '../../src/openclaw/mirror/list-lock.ts';
import type { Processes } from '../../src/system/processes.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { SimulatedTime } from '../faults/simulated-time.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';

/** Processes that live, by number, with the words that they were started with. */
function living(lives: Record<number, string[]>): Processes {
  return { isAlive: (pid) => pid in lives, commandLine: (pid) => lives[pid] };
}

const gateway = living({ 42: ['node', '/opt/openclaw/openclaw.mjs', 'gateway'] });

function world(): { system: System; list: string; lock: string } {
  const time = new SimulatedTime();
  const list = join(temporaryDirectory(), 'sessions.json');
  const clock = { now: Date.now, elapsed: () => time.elapsed() };
  return { system: { ...realSystem, clock, timers: time }, list, lock: `${list}.lock` };
}

async function taken(
  { system, list }: ReturnType<typeof world>,
  processes: Processes,
): Promise<{ done: boolean; seen: string }> {
  let seen = '';
  const done = await underListLock(system, processes, list, 'createdAt', async () => {
    seen = readFileSync(`${list}.lock`, 'utf8');
  });
  return { done, seen };
}

const lockOf = (pid: unknown) => JSON.stringify({ pid, createdAt: new Date().toISOString() });

describe('the lock file of older versions', () => {
  it.each(['createdAt', 'startedAt'] as const)('is made with %s and removed', async (field) => {
    const { system, list, lock } = world();
    let held: Record<string, unknown> = {};
    const work = async () => {
      held = JSON.parse(readFileSync(lock, 'utf8'));
    };
    expect(await underListLock(system, gateway, list, field, work)).toBe(true);
    expect(held.pid).toBe(process.pid);
    expect(Math.abs(new Date(held[field] as string).getTime() - Date.now())).toBeLessThan(60_000);
    expect(existsSync(lock)).toBe(false);
  });

  it('is removed when the work fails', async () => {
    const { system, list, lock } = world();
    const work = () => Promise.reject(new TypeError('no'));
    await expect(underListLock(system, gateway, list, 'createdAt', work)).rejects.toThrow('no');
    expect(existsSync(lock)).toBe(false);
  });

  it('is respected while its process lives', async () => {
    const at = world();
    writeFileSync(at.lock, lockOf(42));
    expect(await taken(at, gateway)).toEqual({ done: false, seen: '' });
    expect(readFileSync(at.lock, 'utf8')).toContain('"pid":42');
  });

  it.each<[string, string, Processes]>([
    ['its process is gone', lockOf(43), gateway],
    ['its number is that of another program', lockOf(42), living({ 42: ['/bin/sleep', '100'] })],
  ])('is taken when %s', async (_why, text, processes) => {
    const at = world();
    writeFileSync(at.lock, text);
    expect((await taken(at, processes)).done).toBe(true);
    expect(existsSync(at.lock)).toBe(false);
  });

  it.each(['', '{"pid":', '[]', lockOf('42')])(
    'that holds %j is taken only when it is older than any is respected',
    async (text) => {
      const at = world();
      writeFileSync(at.lock, text);
      expect((await taken(at, gateway)).done).toBe(false);
      const old = Date.now() / 1_000 - 31;
      utimesSync(at.lock, old, old);
      expect((await taken(at, gateway)).done).toBe(true);
    },
  );

  it('is left when it was taken away and made anew by another program', async () => {
    const { system, list, lock } = world();
    const work = async () => {
      const { renameSync } = await import('node:fs');
      writeFileSync(`${lock}.new`, lockOf(42));
      renameSync(`${lock}.new`, lock);
    };
    expect(await underListLock(system, gateway, list, 'createdAt', work)).toBe(true);
    expect(readFileSync(lock, 'utf8')).toContain('"pid":42');
  });
});
