/**
 * What the mount under a directory really gives, found out by trying: with files in a directory of
 * its own that is removed afterwards, and with other processes of Node.
 */
import { join } from 'node:path';
import { HoldfastError, isHoldfastError } from '../model/errors.ts';
import { realMountCalls } from '../system/mount-calls.ts';
import { realNodeProcesses } from '../system/node-process.ts';
import { realSystem } from '../system/system.ts';
import { pause } from '../system/timers.ts';
import { holdsFor, type MountCheck, type MountReport } from './mount-report.ts';
import type { MountWorld, Probe } from './probe.ts';
import { probeLocks } from './probe-locks.ts';
import { probeNames } from './probe-names.ts';
import { probeSyncs } from './probe-syncs.ts';
import { probeAppend, probeRename } from './probe-writes.ts';

const PROBES: readonly Probe[] = [probeLocks, probeRename, probeAppend, probeSyncs, probeNames];

/** What is said of a file or a directory that somebody still has open. */
const IN_USE = new Set(['ENOTEMPTY', 'EBUSY', 'EPERM', 'EACCES']);
const CLEAR_MS_MAX = 5_000;
const CLEAR_PAUSE_MS = 20;

export const realMountWorld: MountWorld = {
  system: realSystem,
  calls: realMountCalls,
  processes: realNodeProcesses,
};

/**
 * Tries what a store needs in a directory that exists. Takes about a second.
 *
 * Rejects with `IO_FAILED` or `DISK_FULL` where nothing can be tried at all.
 */
export async function probeMount(
  directory: string,
  world: MountWorld = realMountWorld,
): Promise<MountReport> {
  const { fs, mount, random } = world.system;
  const checks: MountCheck[] = [];
  try {
    const real = fs.realpathSync(directory);
    const { type, freeBytes, freeFiles } = world.calls.facts(real);
    const kind = mount.kind(real);
    checks.push(ownDisk(kind));
    const place = join(real, `holdfast-probe-${random.token()}`);
    fs.mkdirSync(place, 0o700);
    try {
      for (const [at, probe] of PROBES.entries()) {
        const own = join(place, String(at));
        fs.mkdirSync(own, 0o700);
        checks.push(...(await probe(world, own)));
      }
    } finally {
      await clear(world, place);
    }
    const store = holdsFor('store', checks);
    return {
      directory: real,
      type,
      kind,
      freeBytes,
      ...(freeFiles !== undefined && { freeFiles }),
      checks,
      store,
      power: store && holdsFor('power', checks),
    };
  } catch (cause) {
    if (isHoldfastError(cause)) throw cause;
    const code = (cause as NodeJS.ErrnoException).code === 'ENOSPC' ? 'DISK_FULL' : 'IO_FAILED';
    throw new HoldfastError(
      code,
      `${directory} could not be tried: ${(cause as Error).message}. Give a directory that exists and into which this user may write.`,
      { cause },
    );
  }
}

function ownDisk(kind: MountReport['kind']): MountCheck {
  const is = { sound: 'yes', shared: 'no', unknown: 'unknown' } as const;
  return {
    id: 'own-disk',
    what: 'no other machine can write here',
    neededBy: 'store',
    outcome: is[kind],
    detail: {
      sound: 'a file system of this machine',
      shared: 'other machines may share it, where no lock of this one reaches',
      unknown: 'the type does not say; the locks were tried',
    }[kind],
  };
}

/**
 * Removes what the probes made: directories of files, nothing deeper, and no link is followed. On
 * Windows a file goes only when the last process that had it open is gone, and so does its directory.
 */
async function clear({ system }: MountWorld, place: string): Promise<void> {
  const { clock, fs, timers } = system;
  const began = clock.elapsed();
  for (;;) {
    try {
      for (const own of fs.readdirSync(place)) {
        for (const name of fs.readdirSync(join(place, own))) fs.unlinkSync(join(place, own, name));
        fs.rmdirSync(join(place, own));
      }
      fs.rmdirSync(place);
      return;
    } catch (cause) {
      const late = clock.elapsed() - began > CLEAR_MS_MAX;
      if (late || !IN_USE.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
      await pause(timers, CLEAR_PAUSE_MS);
    }
  }
}
