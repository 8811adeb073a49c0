/** What is looked at, once, before a directory is used as a store. */
import { dirname, join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { OPEN } from '../../system/file-system.ts';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { System } from '../../system/system.ts';
import { writeBytesNow } from '../../system/write-bytes.ts';
import { errno, ioError, isMissing } from './io-error.ts';
import { FORMAT, MARK } from './layout.ts';
import { readFileNow } from './read-bytes.ts';
import { narrowDirectory, requireRealDirectory } from './safe-path.ts';
import { discard } from './write-whole.ts';

/** More than this is no mark of ours. */
const MARK_BYTES_MAX = 4_096;

type Warn = (code: string, message: string) => void;

/** Makes the directory when it may and must; its real path, and no newer format in it. */
export async function openRoot(
  system: System,
  path: string,
  warn: Warn,
  existing = false,
): Promise<string> {
  if (!existing) for (const made of makeAll(system, path)) await syncName(system, made, warn);
  const root = realPath(system, path);
  if (!requireRealDirectory(system.fs, root)) {
    throw new HoldfastError(
      'UNSAFE_PATH',
      `${path} is no directory. Give the store one of its own.`,
    );
  }
  // First: nothing is changed in a store of a newer format, not even its permissions.
  checkMark(system, root, warn);
  narrow(system, root, warn);
  await checkLocks(system, root);
  return root;
}

function realPath(system: System, path: string): string {
  try {
    return system.fs.realpathSync(path);
  } catch (cause) {
    throw ioError(cause, `open the store's directory ${path}`);
  }
}

/** Makes a directory and those above it; the ones that were missing, from the uppermost on. */
function makeAll(system: System, path: string): string[] {
  try {
    system.fs.mkdirSync(path, 0o700);
    return [path];
  } catch (cause) {
    if (errno(cause) === 'EEXIST') return [];
    if (!isMissing(cause) || dirname(path) === path) {
      throw ioError(cause, `make the store's directory ${path}`);
    }
    return [...makeAll(system, dirname(path)), ...makeAll(system, path)];
  }
}

/** Whatever is synced in the store later would be lost with a name that is not on the disk. */
async function syncName(system: System, made: string, warn: Warn): Promise<void> {
  try {
    await syncDirectory(system, dirname(made));
  } catch (cause) {
    // Whoever may make a directory in another one may still not be allowed to read it.
    const why = (cause as Error).message;
    warn('IO_FAILED', `Nobody knows whether ${made} survives a power loss: ${why}.`);
  }
}

function narrow(system: System, root: string, warn: Warn): void {
  if (!narrowDirectory(system, root)) return;
  warn('PERMISSIONS', `Others could write into ${root}; its permissions were narrowed.`);
}

function checkMark(system: System, root: string, warn: Warn): void {
  const path = join(root, MARK);
  const text = readMark(system, path);
  if (text === undefined) {
    writeMark(system, path);
    return;
  }
  let format: unknown;
  try {
    format = (JSON.parse(text) as { format?: unknown } | null)?.format;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  if (typeof format !== 'number') {
    warn('MARK_DAMAGED', `${path} can not be read; the sessions tell their format themselves.`);
  } else if (format > FORMAT) {
    throw new HoldfastError(
      'FORMAT_TOO_NEW',
      `${root} has format ${format}; this version reads ${FORMAT}. Install a newer version; nothing was changed.`,
    );
  }
}

function readMark(system: System, path: string): string | undefined {
  const { fs } = system;
  try {
    return readFileNow(fs, path, MARK_BYTES_MAX).toString('utf8');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, `read ${path}`);
  }
}

/** Whoever opens first writes the mark; one line in one write, so that nobody reads half of it. */
function writeMark(system: System, path: string): void {
  const { fs } = system;
  try {
    const fd = fs.openSync(path, OPEN.createNew, 0o600);
    try {
      writeBytesNow(fs, fd, `${JSON.stringify({ format: FORMAT, store: 'holdfast' })}\n`);
    } finally {
      fs.closeSync(fd);
    }
  } catch (cause) {
    if (errno(cause) !== 'EEXIST') throw ioError(cause, `write ${path}`);
  }
}

/** Refuses a mount on which a lock means nothing. */
async function checkLocks(system: System, root: string): Promise<void> {
  const kind = system.mount.kind(root);
  if (kind === 'shared') {
    throw unsupported(
      root,
      'it lies on a file system that other machines share, where no lock reaches them',
    );
  }
  const path = join(root, `probe-${system.random.token()}.lock`);
  let fd: number;
  try {
    fd = system.fs.openSync(path, OPEN.createNew, 0o600);
  } catch (cause) {
    throw ioError(cause, `write into ${root}`);
  }
  try {
    try {
      system.lock.tryLock(fd);
    } catch (cause) {
      throw unsupported(root, 'the lock addon does not work on this system', cause);
    }
    if (kind === 'unknown' && !(await system.mount.excludes(path))) {
      throw unsupported(root, 'a second process was granted a lock that is held');
    }
  } finally {
    system.fs.closeSync(fd);
    await discard(system, path);
  }
}

function unsupported(root: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError(
    'STORE_UNSUPPORTED',
    `${root} can not hold a store: ${why}. Use a directory on a local disk, or PostgreSQL for a shared store.`,
    { cause },
  );
}
