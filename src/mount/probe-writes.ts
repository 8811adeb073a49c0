/** Whether readers see renames and appends of other processes whole. */
import { join } from 'node:path';
import { OPEN } from '../system/file-system.ts';
import { APPENDER, READER } from '../system/mount-programs.ts';
import { breathe } from '../system/timers.ts';
import { writeBytesNow } from '../system/write-bytes.ts';
import type { MountCheck } from './mount-report.ts';
import { CHILD_MS_MAX, type MountWorld, type Probe } from './probe.ts';

const READ_MS = 300;
/** Longer than a page, so that a half of it can be told. */
const BYTES = 6_000;
const LINES = 150;
const LINE_BYTES = 300;
const HELD_FOR_EVER = 'the lock of the other process did not come free';

export const probeRename: Probe = async (world, directory) => {
  const { fs, timers } = world.system;
  const path = join(directory, 'replaced');
  const next = join(directory, 'next');
  put(world, path, 'a'.repeat(BYTES));
  const words = [path, String(READ_MS), String(BYTES)];
  const reader = world.processes.start(READER, words, { directory, limitMs: CHILD_MS_MAX });
  try {
    await reader.line();
    let over = false;
    const told = reader.line().finally(() => {
      over = true;
    });
    // It is awaited after the renames; until then nobody would hear that it failed.
    told.catch(() => undefined);
    let renames = 0;
    let refused = 0;
    for (; !over; renames++) {
      put(world, next, String.fromCharCode(97 + (renames % 26)).repeat(BYTES));
      // Windows refuses to rename over a file that somebody reads; the store tries again, or avoids it.
      try {
        fs.renameSync(next, path);
      } catch (cause) {
        refused += 1;
        fs.unlinkSync(next);
        if (refused > renames + 100) throw cause;
      }
      if (renames % 8 === 0) await breathe(timers);
    }
    return [renameCheck(JSON.parse(await told) as Reads, renames, refused)];
  } finally {
    await reader.kill();
  }
};

interface Reads {
  reads: number;
  missing: number;
  torn: number;
}

/** A file that is missing for a moment is looked for again by the store; half a file would be served. */
function renameCheck(
  { reads, missing, torn }: Reads,
  renames: number,
  refused: number,
): MountCheck {
  const held = refused > 0 ? `, ${refused} refused while it was being read` : '';
  return {
    id: 'rename-atomic',
    what: 'a reader sees the old file or the new one',
    neededBy: torn > 0 ? 'store' : 'nobody',
    outcome: torn + missing === 0 ? 'yes' : 'no',
    detail: `${renames} renames${held}, ${reads} reads: ${missing} found no file, ${torn} a torn one`,
  };
}

/** Each append under a lock, as a store makes them: without one, not even Windows keeps them apart. */
export const probeAppend: Probe = async (world, directory) => {
  const { clock, fs, lock, timers } = world.system;
  const path = join(directory, 'appended');
  const lockPath = join(directory, 'appended-lock');
  const fd = fs.openSync(path, OPEN.appendOrCreate, 0o600);
  const lockFd = fs.openSync(lockPath, OPEN.lock, 0o600);
  const words = [lockPath, path, String(LINES), String(LINE_BYTES)];
  const other = world.processes.start(APPENDER, words, { directory, limitMs: CHILD_MS_MAX });
  try {
    await other.line();
    const line = `${'a'.repeat(LINE_BYTES - 1)}\n`;
    const began = clock.elapsed();
    for (let n = 0; n < LINES; n++) {
      while (!lock.tryLock(lockFd)) {
        if (clock.elapsed() - began > CHILD_MS_MAX) return [appendCheck(false, HELD_FOR_EVER)];
        await breathe(timers);
      }
      writeBytesNow(fs, fd, line);
      lock.unlock(lockFd);
    }
    await other.line();
    const bytes = Buffer.alloc(2 * LINES * LINE_BYTES + 1);
    const length = fs.readSync(fd, bytes, 0, bytes.length, 0);
    const lines = bytes.toString('latin1', 0, length).split('\n').slice(0, -1);
    const whole = lines.filter((text) => /^(a+|b+)$/.test(text) && text.length === LINE_BYTES - 1);
    const all = whole.length === 2 * LINES && lines.length === 2 * LINES;
    return [appendCheck(all, `${whole.length} of ${2 * LINES} lines are whole`)];
  } finally {
    fs.closeSync(lockFd);
    fs.closeSync(fd);
    await other.kill();
  }
};

function appendCheck(kept: boolean, detail: string): MountCheck {
  return {
    id: 'append-atomic',
    what: 'appends of two processes stay whole',
    // What one of them acknowledged must not be overwritten by the other.
    neededBy: 'store',
    outcome: kept ? 'yes' : 'no',
    detail,
  };
}

function put({ system: { fs } }: MountWorld, path: string, text: string): void {
  const fd = fs.openSync(path, OPEN.createNew, 0o600);
  try {
    writeBytesNow(fs, fd, text);
  } finally {
    fs.closeSync(fd);
  }
}
