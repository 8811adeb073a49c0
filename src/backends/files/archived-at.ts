import { type FileSystem, OPEN } from '../../system/file-system.ts';
import { ioError, isMissing } from './io-error.ts';
import { readBytesNow } from './read-bytes.ts';

/** More than the last field of an archive, its checksum and the newline take. */
const END_BYTES = 64;
const END = /"archivedAt":(\d+),"c":"[0-9a-f]{8}"\}\n$/;

/**
 * When a conversation was archived, in milliseconds since the epoch: the last field of its file, so
 * that an entry of a megabyte need not be read for it. The time of the file would be that of the
 * adoption for all that was adopted, and that of the copy for a copied directory; it is taken where
 * the end of the file is damaged. Nothing when the file is gone.
 */
export function archivedAt(fs: FileSystem, path: string): number | undefined {
  let fd: number;
  try {
    fd = fs.openSync(path, OPEN.read, 0);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, `look at ${path}`);
  }
  try {
    const { size, mtimeMs } = fs.fstatSync(fd);
    const from = Math.max(0, size - END_BYTES);
    const end = END.exec(readBytesNow(fs, fd, from, size - from).toString('latin1'));
    return end ? Number(end[1]) : mtimeMs;
  } catch (cause) {
    throw ioError(cause, `look at ${path}`);
  } finally {
    fs.closeSync(fd);
  }
}
