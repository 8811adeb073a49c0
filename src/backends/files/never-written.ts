import { join } from 'node:path';
import type { FileSystem } from '../../system/file-system.ts';
import { isMissing } from './io-error.ts';
import { LOCK_NAME, LOG_NAME, logName, TEMPORARY_NAME } from './layout.ts';
import { decodeLine } from './log-line.ts';
import { readFileNow } from './read-bytes.ts';

/** What is there while a session begins, and what was cut off before: neither tells of a session. */
const SAYS_NOTHING = /^turn\.(wait\.)?\d+\.lock$|\.torn\./;
/** As much of a file as is looked at for a byte that says something. */
const BYTES_MAX = 65_536;

/**
 * Whether a log is all that a power loss has left of a session which was never on the disk: it was
 * longer already, and nothing of it had been written, nor of anything else of the session. A log that
 * was folded, or that lies beside an archive or a record, had been written, so its zeros are damage.
 */
export function neverWritten(fs: FileSystem, directory: string): (log: Buffer) => boolean {
  const saysNothing = (name: string) => {
    if (name === LOCK_NAME || TEMPORARY_NAME.test(name) || SAYS_NOTHING.test(name)) return true;
    if (LOG_NAME.test(name)) return name === logName(1);
    try {
      return isZero(readFileNow(fs, join(directory, name), BYTES_MAX));
    } catch (cause) {
      if (isMissing(cause)) return true;
      throw cause;
    }
  };
  return (log) => saysNothingAtAll(log) && fs.readdirSync(directory).every(saysNothing);
}

/** Zeros, and no line that decodes: what was written of the first line, if anything, is not all of it. */
function saysNothingAtAll(log: Buffer): boolean {
  if (!log.includes(0)) return false;
  for (let at = 0; ; ) {
    const end = log.indexOf(10, at);
    if (end < 0) return true;
    if ('line' in decodeLine(log.subarray(at, end))) return false;
    at = end + 1;
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
