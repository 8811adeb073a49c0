import type { FileSystem } from '../../system/file-system.ts';
import { ioError, isMissing } from './io-error.ts';
import { LOG_NAME } from './layout.ts';

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
