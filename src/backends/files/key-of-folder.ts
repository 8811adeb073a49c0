/**
 * The key of a session's directory, for those who come from the directory and not from the key: the
 * log repeats it, and so does the header of every transcript that this store began.
 */
import { join } from 'node:path';
import { isHoldfastError } from '../../model/errors.ts';
import type { FileSystem } from '../../system/file-system.ts';
import { generationsIn } from './generations.ts';
import { ioError, isMissing } from './io-error.ts';
import { LOG_NAME, logName, sessionFolder } from './layout.ts';
import { decodeLine } from './log-line.ts';
import { neverWritten } from './never-written.ts';
import { readFileNow } from './read-bytes.ts';
import { decodeRecord, isDamage } from './transcript-line.ts';

/**
 * `none`: there is no session (yet) in the directory. `unreadable`: there is a log, and nothing
 * in the directory tells whose it is.
 */
export type FolderKey = { key: string } | 'none' | 'unreadable';

const FIRST_LINE_BYTES = 65_536;
/** The largest snapshot: an entry at its limit, with room for the rest of the line. */
const SNAPSHOT_BYTES_MAX = 8_388_608;
const OPENING_BRACE = 0x7b;

export function keyOfFolder(fs: FileSystem, directory: string, folder: string): FolderKey {
  try {
    if (!fs.lstatSync(directory).isDirectory()) return 'none';
    const newest = generationsIn(fs, directory, folder).at(-1);
    if (newest === undefined) return 'none';
    const bytes = firstLine(fs, join(directory, logName(newest)));
    // Nothing, or the beginning of a first line: its writer died, and no session was acknowledged.
    const unfinished = bytes.indexOf(10) < 0;
    if (unfinished && (bytes.length === 0 || bytes[0] === OPENING_BRACE)) return 'none';
    if (neverWritten(fs, directory)(bytes)) return 'none';
    const key = keyIn(bytes) ?? keyFromTranscripts(fs, directory, folder);
    return key === undefined ? 'unreadable' : { key };
  } catch (cause) {
    if (isMissing(cause)) return 'none';
    throw ioError(cause, `look into ${directory}`);
  }
}

function firstLine(fs: FileSystem, path: string): Buffer {
  const short = readFileNow(fs, path, FIRST_LINE_BYTES);
  const whole = short.indexOf(10) >= 0 || short.length < FIRST_LINE_BYTES;
  return whole ? short : readFileNow(fs, path, SNAPSHOT_BYTES_MAX);
}

/** The key in a first line, also in one that does not decode if that part of it does. */
function keyIn(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(10);
  if (end < 0) return undefined;
  const decoded = decodeLine(bytes.subarray(0, end));
  if ('line' in decoded) {
    return typeof decoded.line.key === 'string' ? decoded.line.key : undefined;
  }
  const match = /^\{"v":\d+,"key":("(?:[^"\\]|\\.)*")/.exec(bytes.toString('utf8', 0, end));
  if (!match) return undefined;
  try {
    return JSON.parse(match[1] as string) as string;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}

/** The key that a transcript names, if it is the one of which this is the directory. */
function keyFromTranscripts(fs: FileSystem, directory: string, folder: string): string | undefined {
  for (const name of fs.readdirSync(directory)) {
    if (!name.endsWith('.jsonl') || LOG_NAME.test(name)) continue;
    const key = headerKey(fs, join(directory, name));
    if (key !== undefined && sessionFolder(key) === folder) return key;
  }
  return undefined;
}

function headerKey(fs: FileSystem, path: string): string | undefined {
  try {
    const bytes = readFileNow(fs, path, FIRST_LINE_BYTES);
    const header = decodeRecord(bytes.subarray(0, Math.max(0, bytes.indexOf(10))));
    if (isDamage(header) || header.type !== 'session') return undefined;
    return typeof header.key === 'string' ? header.key : undefined;
  } catch (cause) {
    // A link or a foreign file among the transcripts is told by `verify`; it names no key.
    const { code } = ioError(cause, `read ${path}`);
    if (isMissing(cause) || isHoldfastError(cause) || code === 'UNSAFE_PATH') return undefined;
    throw cause;
  }
}
