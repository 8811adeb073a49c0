/** What must hold at every single call, whatever the order: checked before the call is made. */
import type { DiskCall } from './disk-calls.ts';
import { SharedDisk } from './shared-disk.ts';

export const ROOT = '/store';

/** Files of a session that count: its log, its transcripts, its archives. */
const COUNTS = /\/[^/]+~[0-9a-f]{32}\/(meta\.\d+\.jsonl|id-[^/]+\.(jsonl|archived\.json))$/;
const PLACED = /^\/store\/agents\/[^/]+\/sessions\/sessions\.d\//;

/** What is wrong with a call that a process is about to make. */
export function wrongWith(disk: SharedDisk, process: number, call: DiskCall): string | undefined {
  if (call.name === 'write' || call.name === 'truncate') {
    const path = disk.pathOf(call.fd);
    return path === undefined ? undefined : unlocked(disk, process, path);
  }
  if (call.name === 'rename' && COUNTS.test(call.to)) {
    return unlocked(disk, process, call.to) ?? secondLog(disk, call);
  }
  return undefined;
}

/** Whoever writes what counts holds the lock that lies in the same directory, in its place. */
function unlocked(disk: SharedDisk, process: number, path: string): string | undefined {
  const match = COUNTS.exec(path);
  if (!match) return /\/removed\/.*\/meta\./.test(path) ? 'writes to a removed log' : undefined;
  if (!PLACED.test(path)) return 'writes to a session that was moved away';
  const lock = `${path.slice(0, path.lastIndexOf('/'))}/lock`;
  return disk.holdsLock(process, lock) ? undefined : `writes ${path} without its lock`;
}

/** A log takes the place of another one only when that one says so in its last line. */
function secondLog(disk: SharedDisk, call: { to: string }): string | undefined {
  const directory = call.to.slice(0, call.to.lastIndexOf('/'));
  if (!/\/meta\.\d+\.jsonl$/.test(call.to)) return undefined;
  return activeLogs(disk, directory).length > 0 ? 'begins a second active log' : undefined;
}

/** Logs in a directory that neither ended nor announced their successor. */
export function activeLogs(disk: SharedDisk, directory: string): string[] {
  return disk
    .names(directory)
    .map(({ name }) => name)
    .filter((name) => /^meta\.\d+\.jsonl$/.test(name))
    .filter((name) => {
      const last = disk.textOf(`${directory}/${name}`).trimEnd().split('\n').at(-1) ?? '';
      return last !== '' && !/"(fold|removed)":/.test(last);
    });
}

/** Files that nobody should have left behind; a process that died may leave some. */
export function litter(disk: SharedDisk): string[] {
  return disk.paths().filter((path) => /\.tmp-|turn\.wait\.|\/removed\/./.test(path));
}

/** A disk with an empty store. */
export function emptyDisk(reuse: boolean): SharedDisk {
  const disk = new SharedDisk(reuse);
  disk.makeDirectory(99, ROOT, 0o700);
  return disk;
}
