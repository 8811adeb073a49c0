/**
 * Whether a lock that one process holds keeps another one out, however that one finds the file, and
 * whether it ends with its process. Some mounts grant one lock twice: shared folders of virtual
 * machines, network file systems.
 */
import { join } from 'node:path';
import { OPEN } from '../system/file-system.ts';
import { RIVAL } from '../system/mount-programs.ts';
import { pause } from '../system/timers.ts';
import type { MountCheck } from './mount-report.ts';
import { CHILD_MS_MAX, type MountWorld, type Probe } from './probe.ts';

/** A lock that has not come free so long after the death of its process is not the kernel's. */
const FREE_MS_MAX = 2_000;

export const probeLocks: Probe = async (world, directory) => {
  const { fs, lock } = world.system;
  const path = join(directory, 'ours');
  const fd = fs.openSync(path, OPEN.lock, 0o600);
  const rival = join(directory, 'theirs');
  fs.closeSync(fs.openSync(rival, OPEN.lock, 0o600));
  try {
    lock.tryLock(fd);
    // By its whole path, from where it stands, and by a way round: each is looked up anew.
    const paths = [path, 'ours', join('..', directory.split(/[/\\]/).at(-1) as string, 'ours')];
    const child = world.processes.start(RIVAL, [rival, ...paths], {
      directory,
      limitMs: CHILD_MS_MAX,
    });
    try {
      const [first, ...others] = (await child.line()).split(' ');
      const held = await child.line();
      const before = tryOnce(world, rival);
      await child.kill();
      return [
        check('locks-exclude', 'a lock keeps another process out', first === 'refused', {
          yes: 'a second process was refused',
          no: 'a second process was granted a lock that is held',
        }),
        check(
          'locks-by-any-path',
          'and however it finds the file',
          others.every((answer) => answer === 'refused'),
          {
            yes: `refused by ${others.length} other paths`,
            no: `granted by another path: ${others.join(', ')}`,
          },
        ),
        await endOfLock(world, rival, held === 'held' && !before),
      ];
    } finally {
      await child.kill();
    }
  } finally {
    fs.closeSync(fd);
  }
};

function tryOnce({ system: { fs, lock } }: MountWorld, path: string): boolean {
  const fd = fs.openSync(path, OPEN.lockExisting, 0);
  try {
    return lock.tryLock(fd);
  } finally {
    fs.closeSync(fd);
  }
}

async function endOfLock(world: MountWorld, path: string, wasHeld: boolean): Promise<MountCheck> {
  const { clock, timers } = world.system;
  const died = clock.elapsed();
  let free = false;
  for (; !free && clock.elapsed() - died < FREE_MS_MAX; await pause(timers, 1)) {
    free = tryOnce(world, path);
  }
  const ms = Math.round(clock.elapsed() - died);
  return check('locks-end', 'and ends with its process', wasHeld && free, {
    yes: `free ${ms} ms after the process was killed`,
    no: wasHeld
      ? `still held ${ms} ms after the process was killed`
      : 'the lock of a second process kept nobody out',
  });
}

function check(
  id: string,
  what: string,
  is: boolean,
  detail: { yes: string; no: string },
): MountCheck {
  return is
    ? { id, what, neededBy: 'store', outcome: 'yes', detail: detail.yes }
    : { id, what, neededBy: 'store', outcome: 'no', detail: detail.no };
}
