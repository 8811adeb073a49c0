import { HoldfastError } from '../../model/errors.ts';
import type { FileFacts, FileSystem } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { ioError, isMissing } from './io-error.ts';

const OTHERS_WRITE = 0o022;

function unsafe(path: string, what: string, key?: string): HoldfastError {
  return new HoldfastError(
    'UNSAFE_PATH',
    `${path} is ${what}; the store neither follows nor writes it. Remove what does not belong there.`,
    { key },
  );
}

/** `true` for a real directory, `false` for none at all; a link or a file is `UNSAFE_PATH`. */
export function requireRealDirectory(fs: FileSystem, path: string, key?: string): boolean {
  let facts: FileFacts;
  try {
    facts = fs.lstatSync(path);
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw ioError(cause, 'look at the directory', key);
  }
  if (facts.isDirectory()) return true;
  throw unsafe(path, facts.isSymbolicLink() ? 'a symbolic link' : 'no directory', key);
}

/**
 * An open file that is regular and has one name. A second name (a hard link) may belong to anybody,
 * who would see what we write.
 */
export function requireOwnFile(facts: FileFacts, path: string, key?: string): FileFacts {
  if (!facts.isFile()) throw unsafe(path, 'no regular file', key);
  if (facts.nlink > 1) throw unsafe(path, 'linked under a second name', key);
  return facts;
}

/**
 * Takes others' right to write into a directory away: whoever may rename what is in it decides what
 * the store finds. `true` when it was there. `UNSAFE_PATH` where it can not be taken away, also on
 * mounts that accept the call and keep no permissions.
 */
export function narrowDirectory({ fs, machine }: System, path: string): boolean {
  if (machine.windows) return false;
  const { mode } = fs.lstatSync(path);
  if ((mode & OTHERS_WRITE) === 0) return false;
  let cause: unknown;
  try {
    fs.chmodSync(path, mode & 0o755);
    if ((fs.lstatSync(path).mode & OTHERS_WRITE) === 0) return true;
  } catch (refused) {
    cause = refused;
  }
  throw new HoldfastError(
    'UNSAFE_PATH',
    `Others may write into ${path} and its permissions can not be changed. Run chmod go-w on it; where the mount keeps no permissions, mount it for one user (umask=077).`,
    { cause },
  );
}
