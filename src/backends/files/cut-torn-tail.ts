import { basename, join } from 'node:path';
import { type FileSystem, OPEN } from '../../system/file-system.ts';
import { writeBytesNow } from '../../system/write-bytes.ts';
import type { FilesContext } from './files-context.ts';
import { errno } from './io-error.ts';
import { within } from './layout.ts';
import type { SessionFiles } from './session-files.ts';

/** Bytes copied at a time. */
const CHUNK = 65_536;

/** A name for bytes that are kept aside, dated so that people can match it with their logs. */
export function asideName(context: FilesContext, name: string, why: string): string {
  const stamp = new Date(context.system.clock.now()).toISOString().replaceAll(':', '-');
  return `${name}.${why}.${stamp}.${context.system.random.token().slice(0, 8)}`;
}

/**
 * Cuts a file back to its last whole line. What is cut was never acknowledged, but it is kept
 * aside first: nobody but its author knows what it was worth. The cut is on the disk before anything
 * is written in its place: a power loss could else leave a line of which one part is the new one's and
 * the other the old one's.
 */
export async function cutTornTail(
  context: FilesContext,
  session: SessionFiles,
  path: string,
  fd: number,
  from: number,
  to: number,
): Promise<void> {
  const { fs } = context.system;
  const end = to < 0 ? fs.fstatSync(fd).size : to;
  if (end > from) {
    const aside = join(session.directory, asideName(context, basename(path), 'torn'));
    const copy = fs.openSync(aside, OPEN.createNew, 0o600);
    try {
      const chunk = Buffer.allocUnsafe(CHUNK);
      for (let at = from; at < end; ) {
        const got = fs.readSync(fd, chunk, 0, Math.min(CHUNK, end - at), at);
        if (got === 0) break;
        writeBytesNow(fs, copy, chunk.subarray(0, got));
        at += got;
      }
    } catch (cause) {
      // Tried again and again on a full disk, each try would leave a part of it.
      removeIfPossible(fs, aside);
      throw cause;
    } finally {
      fs.closeSync(copy);
    }
    context.warn({
      code: 'TORN_TAIL',
      key: session.key,
      message: `${within(context.root, path)} ended in ${end - from} bytes of an unfinished line; they are kept in ${within(context.root, aside)}.`,
    });
  }
  fs.ftruncateSync(fd, from);
  try {
    await fs.fdatasync(fd);
  } catch (cause) {
    session.foldRequired = true;
    throw cause;
  }
}

/** The error that led here is the one that the caller has to hear of. */
function removeIfPossible(fs: FileSystem, path: string): void {
  try {
    fs.unlinkSync(path);
  } catch (cause) {
    if (errno(cause) === undefined) throw cause;
  }
}
