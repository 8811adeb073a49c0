/** Whether syncs are accepted, and how long they take. No program can see whether a disk tells the truth. */
import { join } from 'node:path';
import { OPEN } from '../system/file-system.ts';
import type { MountCheck } from './mount-report.ts';
import type { MountWorld, Probe } from './probe.ts';

const SYNCS = 5;
const BLOCK = Buffer.alloc(4_096, 'x');

export const probeSyncs: Probe = async (world, directory) => {
  const { inMemory, type } = world.calls.facts(directory);
  const file = await timed(world, 'sync-file', 'a sync of a file', () =>
    syncsOfFile(world, join(directory, 'synced')),
  );
  if (inMemory && file.outcome === 'yes') {
    const detail = `${type} lies in memory: nothing of it is there after a power loss`;
    return [{ ...file, outcome: 'no', detail }];
  }
  if (world.system.machine.windows) return [file];
  const names = await timed(world, 'sync-directory', 'a sync of a directory', () =>
    syncsOfDirectory(world, directory),
  );
  return [file, names];
};

async function timed(
  { system: { clock } }: MountWorld,
  id: string,
  what: string,
  run: () => Promise<number[]>,
): Promise<MountCheck> {
  const check = { id, what, neededBy: 'power' } as const;
  try {
    const began = clock.elapsed();
    const took = (await run()).sort((a, b) => a - b);
    const all = clock.elapsed() - began;
    const median = took[took.length >> 1] ?? all;
    return {
      ...check,
      outcome: 'yes',
      detail: `accepted, ${median.toFixed(2)} ms (median of ${took.length})`,
    };
  } catch (cause) {
    return { ...check, outcome: 'no', detail: (cause as Error).message };
  }
}

async function syncsOfFile({ system: { fs, clock } }: MountWorld, path: string) {
  const fd = await fs.open(path, OPEN.createNew, 0o600);
  try {
    const took: number[] = [];
    for (let n = 0; n < SYNCS; n++) {
      await fs.write(fd, BLOCK, 0, BLOCK.length);
      const began = clock.elapsed();
      await fs.fdatasync(fd);
      took.push(clock.elapsed() - began);
    }
    await fs.fsync(fd);
    return took;
  } finally {
    await fs.close(fd);
  }
}

async function syncsOfDirectory({ system: { fs, clock } }: MountWorld, directory: string) {
  const took: number[] = [];
  for (let n = 0; n < SYNCS; n++) {
    fs.closeSync(fs.openSync(join(directory, `name-${n}`), OPEN.createNew, 0o600));
    const fd = await fs.open(directory, OPEN.directory, 0);
    try {
      const began = clock.elapsed();
      await fs.fsync(fd);
      took.push(clock.elapsed() - began);
    } finally {
      await fs.close(fd);
    }
  }
  return took;
}
