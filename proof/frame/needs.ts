/**
 * What a proof needs from the machine besides Node. Missing parts are a skip with its reason for
 * somebody without root, and a failure for root, who can have them: `npm run proof:bring` installs them.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { it } from 'vitest';

/** Programs and the Debian package that brings each. */
export const PACKAGES: Readonly<Record<string, string>> = {
  gcc: 'gcc',
  strace: 'strace',
  mount: 'mount',
  losetup: 'mount',
  prlimit: 'util-linux',
  unshare: 'util-linux',
  'mkfs.ext4': 'e2fsprogs',
  'mkfs.xfs': 'xfsprogs',
  xfs_io: 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
  fusermount3: 'fuse3',
  'pkg-config': 'pkg-config',
  bindfs: 'bindfs',
  'lowntfs-3g': 'ntfs-3g',
  wine: 'wine',
  ip: 'iproute2',
  pgbouncer: 'pgbouncer',
  pg_ctlcluster: 'postgresql',
  sqlite3: 'sqlite3',
};

export const isRoot = process.getuid?.() === 0;

/** Whether a program is there to be run. */
export function has(program: string): boolean {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return places.some((place) => {
    try {
      accessSync(join(place, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Something that a proof needs: `root`, `linux`, or a program. */
export type Need = 'root' | 'linux' | keyof typeof PACKAGES;

/** Why a proof can not run here, or nothing. */
export function lacking(needs: readonly Need[]): string | undefined {
  const missing = needs.filter((need) => {
    if (need === 'root') return !isRoot;
    if (need === 'linux') return process.platform !== 'linux';
    return !has(need);
  });
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}`;
}

/**
 * Vitest's `it` where everything is there. Otherwise a skip that says why; for root on Linux, who
 * can have it all, a failure.
 */
export function itWith(needs: readonly Need[]) {
  const reason = lacking(needs);
  return (title: string, run: () => unknown, timeoutMs?: number): void => {
    if (reason === undefined) it(title, run, timeoutMs);
    else if (isRoot && process.platform === 'linux') {
      it(title, () => {
        throw new Error(`${reason}. Run npm run proof:bring.`);
      });
    } else {
      console.log(`skipped: ${title}: ${reason}`);
      it.skip(`${title} (${reason})`, run);
    }
  };
}

/** Runs a program to its end and returns what it printed; throws with its own words when it fails. */
export function runProgram(program: string, args: readonly string[], timeoutMs = 60_000): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: timeoutMs,
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return stdout;
}
