import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { outcomeOf } from '../../test/faults/view-of-session.ts';
import { SmallDisk } from '../faults/small-disk.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith, lacking, runProgram } from '../frame/needs.ts';
import { beginRun } from '../frame/run-facts.ts';
import { bringPeers, NODE, versionOf } from './bring-peers.ts';
import { playAll } from './stale-lock.ts';

const KEY = 'agent:main:main';
const ASKED_BYTES = 900_000;
const REPLACE = fileURLToPath(new URL('replace-on-full-disk.js', import.meta.url));
const FULL = ['root', 'linux', 'mount'] as const;

beforeAll(() => {
  beginRun('peers', 'what others do');
  if (lacking(['linux']) === undefined) bringPeers();
}, 200_000);

interface Replaced {
  outcome: string;
  state: string;
  asked: number;
  there: number;
}

// The peer is used as its documentation says. What it does is written down, not judged.
itWith(FULL)('write-file-atomic: what a disk of 512 KiB makes of a replacement by 900 KB', () => {
  const began = performance.now();
  const disk = new SmallDisk('size=512k');
  try {
    const words = [REPLACE, disk.path, String(ASKED_BYTES)];
    const said = JSON.parse(runProgram(NODE, words)) as {
      node: string;
      found: Record<string, Replaced>;
    };
    const ways = Object.entries(said.found);
    console.log(ways.map(([way, one]) => `${way}: ${JSON.stringify(one)}`).join('\n'));
    expect(ways.map(([, { outcome, state }]) => [outcome, state])).toEqual([
      ['resolved', 'cut short'],
      ['resolved', 'cut short'],
    ]);
    const cut = ways.filter(([, { state }]) => state === 'cut short').length;
    keepFigure('peers', {
      what: `replacements on a full disk, write-file-atomic ${versionOf('write-file-atomic')}, Node ${said.node}`,
      count: ways.length,
      found: { 'resolved and cut short': cut },
      seconds: (performance.now() - began) / 1_000,
    });
  } finally {
    disk.remove();
  }
});

itWith(FULL)('C.15 Holdfast on the same disk: DISK_FULL, and the former entry', async () => {
  const began = performance.now();
  const disk = new SmallDisk('size=512k');
  try {
    const options = { durability: 'process', instance: 'proof', lockWaitMs: 1_000 } as const;
    const backend = await openFiles(join(disk.path, 'store'), {
      ...options,
      openFilesMax: 128,
      onWarning: () => undefined,
    });
    await backend.update(KEY, { former: true }, {});
    const text = 'n'.repeat(ASKED_BYTES);
    expect(await outcomeOf(() => backend.update(KEY, { next: text }, {}))).toBe('DISK_FULL');
    expect((await backend.read(KEY))?.entry).toEqual({ former: true });
    await backend.close();
    keepFigure('peers', {
      what: 'replacements on a full disk, Holdfast',
      count: 1,
      found: { 'resolved and cut short': 0 },
      seconds: (performance.now() - began) / 1_000,
    });
  } finally {
    disk.remove();
  }
});

itWith(['linux'])(
  'proper-lockfile: in how many orders two callers hold one stale lock',
  async () => {
    const began = performance.now();
    const directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-stale-')));
    try {
      const { orders, both, all } = await playAll(directory, 3_000);
      expect(all).toBe(true);
      expect(both).toBeGreaterThan(0);
      keepFigure('peers', {
        what: `orders of two callers at a stale lock, proper-lockfile ${versionOf('proper-lockfile')}`,
        count: orders,
        found: { 'both hold it': both },
        seconds: (performance.now() - began) / 1_000,
      });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
