import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { lively, said, turnAsk } from '../../test/faults/operations.ts';
import { outcomeOf } from '../../test/faults/view-of-session.ts';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keepFigure } from '../frame/figures.ts';
import { itWith, runProgram } from '../frame/needs.ts';
import { beginRun } from '../frame/run-facts.ts';
import { size } from '../frame/size.ts';
import { SmallDisk } from './small-disk.ts';
import { mustBeSame, seenOf, textOf } from './views.ts';

const KEY = 'agent:main:main';
const text = (length: number) => 'x'.repeat(length);
const began = performance.now();
const tally = { tried: 0, refused: 0, broken: 0 };

interface Write {
  name: string;
  run(backend: Backend): Promise<unknown>;
}

const WRITES: readonly Write[] = [
  { name: 'create', run: (backend) => backend.update('agent:main:new', { n: 1 }, {}) },
  { name: 'update of 9 KB', run: (backend) => backend.update(KEY, { text: text(9_000) }, {}) },
  { name: 'update of 90 KB', run: (backend) => backend.update(KEY, { text: text(90_000) }, {}) },
  { name: 'append of 9 KB', run: (backend) => backend.append(KEY, said(text(9_000)), {}, {}) },
  { name: 'append of 90 KB', run: (backend) => backend.append(KEY, said(text(90_000)), {}, {}) },
  { name: 'reset', run: (backend) => backend.reset(KEY, { reason: 'full', keep: 'all' }, {}) },
  { name: 'begin a turn', run: (backend) => backend.beginTurn(KEY, turnAsk) },
  { name: 'remove', run: (backend) => backend.remove(KEY, {}) },
];

function open(root: string): Promise<Backend> {
  return openFiles(root, {
    durability: 'process',
    instance: 'proof',
    lockWaitMs: 1_000,
    openFilesMax: 128,
    onWarning: () => undefined,
  });
}

beforeAll(() => {
  beginRun('faults', 'disks that are really full');
});

/** A write on a disk that has room for a part of it, and again once there is room for all. */
async function tryFull(disk: SmallDisk, { name, run }: Write, fill: () => void): Promise<void> {
  const root = join(disk.path, `store-${tally.tried}`);
  tally.tried += 1;
  const backend = await open(root);
  const witness = await open(root);
  await lively(backend, KEY);
  const before = await seenOf(witness, KEY);
  fill();
  const outcome = await outcomeOf(() => run(backend));
  const seen = await seenOf(witness, KEY);
  disk.makeRoom();
  if (outcome !== undefined) {
    tally.refused += 1;
    expect(outcome, name).toBe('DISK_FULL');
    mustBeSame(`${name}: after a refusal one sees`, seen, before);
    await run(backend);
  } else if (name !== 'create') expect(textOf(seen), name).not.toBe(textOf(before));
  await backend.update(KEY, { next: 1 }, {});
  expect((await witness.read(KEY))?.entry.next).toBe(1);
  await backend.close();
  const later = await open(root);
  expect((await later.verify()).problems.filter(({ code }) => code !== 'ORPHAN')).toEqual([]);
  await later.close();
  await witness.close();
  runProgram('rm', ['-r', root]);
}

describe.each(WRITES.map((write) => [write.name, write] as const))('%s', (_, write) => {
  itWith(['root', 'linux', 'mount'])(
    'C.15 a disk of 1 MiB with room for a part of it',
    async () => {
      const disk = new SmallDisk('size=1m');
      try {
        for (let pages = 0; pages <= size(8, 30); pages++) {
          await tryFull(disk, write, () => disk.leavePages(pages));
        }
      } finally {
        disk.remove();
      }
    },
  );

  itWith(['root', 'linux', 'mount'])('C.15 a disk on which no more files can be made', async () => {
    const disk = new SmallDisk('size=4m,nr_inodes=64');
    try {
      for (let files = 0; files <= 3; files++) {
        await tryFull(disk, write, () => disk.leaveFiles(files));
      }
    } finally {
      disk.remove();
    }
  });
});

describe('a limit for the size of files', () => {
  let limited: BuiltChild;
  beforeAll(async () => {
    limited = await buildChild(new URL('programs/limited.ts', import.meta.url));
  });
  afterAll(() => limited.remove());

  itWith(['root', 'linux', 'mount', 'prlimit'])(
    'C.15 what does not fit is DISK_FULL, and all that was acknowledged is there',
    async () => {
      const disk = new SmallDisk('size=16m');
      try {
        for (const bytes of [3_000, 20_000, 100_001]) {
          const root = join(disk.path, `limit-${bytes}`);
          const plan = JSON.stringify({ root, key: KEY });
          const words = [`--fsize=${bytes}`, process.execPath, limited.path, plan];
          const said = JSON.parse(runProgram('prlimit', words)) as Record<string, unknown>;
          tally.tried += 2;
          tally.refused += 2;
          expect(said).toMatchObject({ update: 'DISK_FULL', append: 'DISK_FULL' });
          const backend = await open(root);
          const seen = await seenOf(backend, KEY);
          expect(seen.entry).toMatchObject({ n: said.n });
          expect(seen.records).toHaveLength(said.records as number);
          await backend.update(KEY, { next: 1 }, {});
          // It may fold what it had to read, and a fold under way is seen by whoever looks closely.
          await backend.close();
          const again = await open(root);
          const { problems } = await again.verify();
          await again.close();
          expect(problems).toEqual([]);
          const torn = readdirSync(root, { recursive: true }).filter((name) =>
            /torn/.test(`${name}`),
          );
          expect(torn).toEqual([]);
        }
      } finally {
        disk.remove();
      }
    },
  );
});

afterAll(() => {
  const { tried, refused, broken } = tally;
  const seconds = (performance.now() - began) / 1_000;
  keepFigure('faults', {
    what: `writes on full disks, ${refused} refused`,
    count: tried,
    found: { broken },
    seconds,
  });
});
