import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dialectOf } from '../../src/openclaw/dialect/dialect.ts';
import { CHANGING, FaultySystem } from '../faults/faulty-system.ts';
import { seeded } from '../processes/seeded.ts';
import {
  copyOf,
  countCalls,
  killedAt,
  openClawsFiles,
  progressOf,
  storeToRelease,
} from './interrupted-release.ts';
import { releaseAt, releasedTree } from './released.ts';

const KILLS = 8;

describe('a release that is killed', () => {
  it(`C.14 at ${KILLS} moments is completed by the next one, as if nothing had been`, async () => {
    const prepared = await storeToRelease();
    const whole = copyOf(prepared);
    const calls = countCalls(whole);
    expect(calls).toBeGreaterThan(100);
    const wanted = releasedTree(whole);
    const { below } = seeded('a killed release');
    let untouched = 0;
    // The first calls are those of the opening, which leaves a file of its own in the directory.
    const ends = [1, 2, 3, calls];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const n = ends[kill] ?? 1 + below(calls);
      if (await killedAt(prepared, n, wanted)) untouched += 1;
    }
    expect(untouched).toBeGreaterThan(0);
    expect(untouched).toBeLessThan(KILLS);
  }, 180_000);
});

describe('a release with a failing disk', () => {
  it.each(['EIO', 'ENOSPC'])(
    'C.15 says so with %s at any call, and the next one completes it',
    async (errno) => {
      const prepared = await storeToRelease();
      const whole = copyOf(prepared);
      const system = new FaultySystem();
      await releaseAt(whole, system);
      const wanted = releasedTree(whole);
      const all = system.calls.filter(({ name }) => CHANGING.has(name) || name === 'fsync');
      expect(all.length).toBeGreaterThan(60);
      // Every call would take minutes; a prime step meets each kind of call.
      const tried = all.filter(({ name }, at) => name === 'rename' || at % 7 === 0);
      let stopped = 0;
      for (const { n } of tried) {
        const root = copyOf(prepared);
        const before = openClawsFiles(root);
        const faulty = new FaultySystem();
        faulty.failAt(n, errno);
        const failure = await releaseAt(root, faulty).then(
          () => undefined,
          (error: { code?: string }) => error,
        );
        if (failure === undefined) {
          expect({ n, tree: releasedTree(root) }).toEqual({ n, tree: wanted });
          continue;
        }
        stopped += 1;
        expect(['IO_FAILED', 'DISK_FULL', 'OUTCOME_UNKNOWN']).toContain(failure.code);
        const { phase, done } = progressOf(root);
        if (!done && phase !== 'moving') {
          expect({ n, files: openClawsFiles(root) }).toEqual({ n, files: before });
        }
        // Only its lock was left to be removed.
        if (done) await expect(releaseAt(root)).rejects.toMatchObject({ code: 'IO_FAILED' });
        else await releaseAt(root);
        expect({ n, tree: releasedTree(root) }).toEqual({ n, tree: wanted });
      }
      expect(stopped).toBeGreaterThan(tried.length / 2);
    },
    240_000,
  );

  it('C.15 changes nothing in a directory that can only be read', async () => {
    const root = await storeToRelease();
    const before = releasedTree(root);
    const system = new FaultySystem();
    const opens = (flags: unknown) => (Number(flags) & 0o3) !== 0;
    system.intervene = ({ name, args }) =>
      CHANGING.has(name) || (/^open/.test(name) && opens(args[1])) ? { errno: 'EROFS' } : undefined;
    await expect(releaseAt(root, system)).rejects.toMatchObject({
      code: 'IO_FAILED',
      message: expect.stringContaining(`Could not write into ${root}: EROFS`),
    });
    expect(releasedTree(root)).toEqual(before);
  });
});

describe('a release that is half done', () => {
  it('is not gone on with for another version', async () => {
    const root = await storeToRelease();
    const system = new FaultySystem();
    system.intervene = ({ name, path }) =>
      name === 'rename' && path.includes('prepared') ? { errno: 'EIO' } : undefined;
    await expect(releaseAt(root, system)).rejects.toMatchObject({ code: 'IO_FAILED' });
    const before = releasedTree(root);
    const older = { dialect: dialectOf('2026.5.22') };
    await expect(releaseAt(root, undefined, undefined, older)).rejects.toMatchObject({
      code: 'INVALID_ENTRY',
      message: expect.stringMatching(/for OpenClaw "2026\.7\.1" is half done/),
    });
    expect(releasedTree(root)).toEqual(before);
    await releaseAt(root);
  });

  it('R7.10 makes no path of what somebody else has written', async () => {
    const root = await storeToRelease();
    const state = { v: 1, openclaw: '2026.7.1', phase: 'moving', renames: [], report: {} };
    for (const odd of [
      { ...state, stamp: '../../elsewhere' },
      {
        ...state,
        stamp: '2026-01-01T00-00-00.000Z',
        renames: [{ agentId: '..', from: 'a', to: 'b' }],
      },
      ['nothing'],
    ]) {
      writeFileSync(join(root, 'holdfast-release.json'), JSON.stringify(odd));
      await expect(releaseAt(root)).rejects.toMatchObject({ code: 'UNSAFE_PATH' });
    }
  });
});
