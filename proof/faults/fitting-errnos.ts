/** Which errors the system may give for which call, and what the store has to make of them. */
import { constants } from 'node:fs';
import type { ErrorCode } from '../../src/model/errors.ts';
import { OPEN } from '../../src/system/file-system.ts';
import type { Call, CallName } from '../../test/faults/faulty-system.ts';

const FULL = ['ENOSPC', 'EDQUOT'];
const REFUSED = ['EACCES', 'EPERM', 'EROFS'];
const SHORT_OF_FILES = ['EMFILE', 'ENFILE'];

/**
 * By kind of call. Giving a lock back is not here: the kernel needs nothing for it that could be
 * lacking, and a lock that is not given back ends with its descriptor.
 */
const FITTING: Readonly<Record<string, readonly string[]>> = {
  open: ['EIO', 'EINTR', 'EACCES', ...SHORT_OF_FILES],
  create: ['EIO', 'EINTR', ...REFUSED, ...SHORT_OF_FILES, ...FULL],
  close: ['EIO', 'EINTR', ...FULL],
  read: ['EIO', 'EINTR'],
  write: ['EIO', 'EINTR', 'EFBIG', 'EPERM', ...FULL],
  fstat: ['EIO'],
  lstat: ['EIO', 'EACCES'],
  realpath: ['EIO', 'EACCES'],
  mkdir: ['EIO', ...REFUSED, ...FULL],
  readdir: ['EIO', 'EACCES', ...SHORT_OF_FILES],
  rename: ['EIO', 'EBUSY', ...REFUSED, ...FULL],
  unlink: ['EIO', 'EBUSY', ...REFUSED],
  rmdir: ['EIO', 'EBUSY', ...REFUSED],
  ftruncate: ['EIO', 'EINTR', 'EPERM'],
  chmod: ['EIO', 'EPERM', 'EROFS'],
  fsync: ['EIO', 'EINTR', ...FULL],
  fdatasync: ['EIO', 'EINTR', ...FULL],
  tryLock: ['EIO', 'EINTR', 'ENOLCK'],
  tryShare: ['EIO', 'EINTR', 'ENOLCK'],
  unlock: [],
};

function kindOf(name: CallName, args: readonly unknown[]): string {
  const kind = name.replace(/Sync$/, '');
  return kind === 'open' && ((args[1] as number) & constants.O_CREAT) !== 0 ? 'create' : kind;
}

/** Every error that fits a call. */
export function errnosFor({ name, args }: Call): readonly string[] {
  const fitting = FITTING[kindOf(name, args)];
  if (!fitting) throw new Error(`Nobody has said which errors fit ${name}.`);
  return fitting;
}

const LASTING = new Set(['EIO', 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EBUSY', 'EMFILE']);

/** Errors that may stay until somebody does something. */
export function lastingErrnosFor(call: Call): readonly string[] {
  return errnosFor(call).filter((errno) => LASTING.has(errno));
}

/** One error of each kind that the store could treat in a way of its own, for pairs of faults. */
export function fewErrnosFor(call: Call): readonly string[] {
  const few = call.name.startsWith('rename') ? ['EIO', 'EBUSY'] : ['EIO', 'ENOSPC'];
  return errnosFor(call).filter((errno) => few.includes(errno));
}

const UNSAFE_FOR = /^(chmod|realpath)/;

/** The codes with which a call of the store may be refused because of this error at this call. */
export function codesFor(errno: string, { name, path, args }: Call): readonly ErrorCode[] {
  if (/^f(data)?sync$/.test(name)) return ['OUTCOME_UNKNOWN', codeOf(errno)];
  if (/^try/.test(name) && /probe-/.test(path)) return ['STORE_UNSUPPORTED'];
  // A directory is opened to be synced.
  if (/^open/.test(name) && args[1] === OPEN.directory) return ['OUTCOME_UNKNOWN', codeOf(errno)];
  if (UNSAFE_FOR.test(name)) return ['UNSAFE_PATH', codeOf(errno)];
  return [codeOf(errno)];
}

function codeOf(errno: string): ErrorCode {
  return ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(errno) ? 'DISK_FULL' : 'IO_FAILED';
}
