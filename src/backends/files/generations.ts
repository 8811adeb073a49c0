import { join } from 'node:path';
import { type FileSystem, OPEN } from '../../system/file-system.ts';
import { ioError, isMissing } from './io-error.ts';
import { LOG_NAME, logName } from './layout.ts';
import { requireOwnFile } from './safe-path.ts';

/** Generations of a log that lie in a directory, oldest first; empty when there is no directory. */
export function generationsIn(fs: FileSystem, directory: string, key: string): number[] {
  let names: string[];
  try {
    names = fs.readdirSync(directory);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw ioError(cause, 'read the directory', key);
  }
  const found: number[] = [];
  for (const name of names) {
    const match = LOG_NAME.exec(name);
    if (match) found.push(Number(match[1]));
  }
  return found.sort((a, b) => a - b);
}

/** A generation that was opened. */
export interface LogFile {
  fd: number;
  ino: number;
  size: number;
}

/** Opens one generation for reading and appending; fails with the system's error when it is gone. */
export function openLogFile(fs: FileSystem, path: string, key: string): LogFile {
  const fd = fs.openSync(path, OPEN.append, 0);
  try {
    const { ino, size } = requireOwnFile(fs.fstatSync(fd), path, key);
    return { fd, ino, size };
  } catch (cause) {
    fs.closeSync(fd);
    throw cause;
  }
}

/** As {@link openLogFile}; nothing when there is no such generation. */
export function openIfThere(
  fs: FileSystem,
  directory: string,
  generation: number,
  key: string,
): LogFile | undefined {
  try {
    return openLogFile(fs, join(directory, logName(generation)), key);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, 'open the metadata log', key);
  }
}

/** Whether a path leads to the file of this inode. */
export function isAt(fs: FileSystem, path: string, ino: number): boolean {
  try {
    return fs.lstatSync(path).ino === ino;
  } catch (cause) {
    if (isMissing(cause)) return false;
    throw cause;
  }
}
