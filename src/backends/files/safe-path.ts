import { HoldfastError } from '../../model/errors.ts';
import type { FileFacts, FileSystem } from '../../system/file-system.ts';
import { ioError, isMissing } from './io-error.ts';

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
