/** File systems of other kinds, made for one test from a file or a directory, and taken away after it. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Need } from '../frame/needs.ts';
import { runProgram } from '../frame/needs.ts';

/** A kind of file system: what it needs, and how it comes to be mounted at a directory. */
export interface Volume {
  readonly name: string;
  readonly needs: readonly Need[];
  /** `above`: an empty directory for what lies under the mount. */
  mount(above: string, at: string): void;
}

const MIB = 1_048_576;

function image(above: string, mib: number): string {
  const path = join(above, 'image');
  writeFileSync(path, '');
  truncateSync(path, mib * MIB);
  return path;
}

function made(program: string, args: readonly string[], mib: number): Volume['mount'] {
  return (above, at) => {
    const path = image(above, mib);
    runProgram(program, [...args, path]);
    runProgram('mount', ['-o', 'loop', path, at]);
  };
}

export const VOLUMES: readonly Volume[] = [
  {
    name: 'a case-insensitive volume (lowntfs-3g)',
    needs: ['root', 'mount', 'lowntfs-3g'],
    mount(above, at) {
      const path = image(above, 200);
      runProgram('mkntfs', ['-F', '-Q', '-q', path]);
      runProgram('lowntfs-3g', [path, at, '-o', 'ignore_case,windows_names,umask=077']);
    },
  },
  {
    name: 'FUSE, where replaced files vanish for a moment (bindfs)',
    needs: ['root', 'mount', 'bindfs'],
    mount(above, at) {
      const under = join(above, 'under');
      mkdirSync(under);
      runProgram('bindfs', [under, at]);
    },
  },
  {
    name: 'overlayfs',
    needs: ['root', 'mount'],
    mount(above, at) {
      const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => join(above, name));
      for (const path of [lower, upper, work]) mkdirSync(path as string);
      const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
      runProgram('mount', ['-t', 'overlay', 'overlay', '-o', layers, at]);
    },
  },
  {
    name: 'xfs',
    needs: ['root', 'mount', 'mkfs.xfs'],
    mount: made('mkfs.xfs', ['-q', '-f'], 400),
  },
  {
    name: 'btrfs',
    needs: ['root', 'mount', 'mkfs.btrfs'],
    mount: made('mkfs.btrfs', ['-q', '-f'], 200),
  },
];

/** A directory of its own for a test. */
export function temporaryPlace(): string {
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-lane-')));
  onTestFinished(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

/** Mounts a volume for the test that runs. */
export function mounted(volume: Volume): { store: string; results: string } {
  const place = temporaryPlace();
  const [store, above, results] = ['mount', 'above', 'results'].map((name) => join(place, name));
  for (const path of [store, above, results]) mkdirSync(path as string);
  volume.mount(above as string, store as string);
  // Before the directory is removed, also when the test has failed; `-l` where somebody is still in it.
  onTestFinished(() => {
    runProgram('umount', ['-l', store as string]);
  });
  return { store: store as string, results: results as string };
}
