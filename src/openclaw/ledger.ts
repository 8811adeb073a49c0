/**
 * Which keys were adopted, so that a session that was removed afterwards does not come back when
 * the directory is adopted again. One checked JSON line a key, added after the session was made: a
 * process that dies between the two finds the session there next time and adds the line then.
 *
 * It lies in `sessions.d` beside the sessions: whoever deletes that directory to begin again has
 * deleted the ledger too, and OpenClaw, which counts and may remove `*.jsonl` beside its own
 * transcripts, does not look there.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { HoldfastError } from '../model/errors.ts';
import { type FileSystem, OPEN } from '../system/file-system.ts';
import type { System } from '../system/system.ts';
import { writeBytes } from '../system/write-bytes.ts';
import { directoryKind, readOwnFile } from './own-file.ts';

const FOLDER = 'sessions.d';
const NAME = 'adopted.jsonl';
/** A key is at most 1 KiB: room for far more sessions than a directory of the JSON era holds. */
const BYTES_MAX = 268_435_456;
/** The beginning of a line whose writer died; whoever came next ended it with a newline. */
const TORN = /^\{(?!.*"c":"[0-9a-f]{8}"\}$)/s;

export interface Ledger {
  has(key: string): boolean;
  /** The key under which a conversation was adopted last. */
  keyOf(sessionId: string): string | undefined;
  /** Resolves when the line is written; it survives the death of the process. */
  add(key: string, sessionId: string): Promise<void>;
  /** Whole lines that do not check. Their keys are taken for new ones. */
  readonly damagedLines: number;
  /** Resolves when every line is on the disk. */
  close(): Promise<void>;
}

/** The ledger of an agent's `sessions` directory. Nothing is made before the first `add`. */
export async function openLedger(system: System, sessionsDir: string): Promise<Ledger> {
  const { fs } = system;
  const folder = join(sessionsDir, FOLDER);
  const path = join(folder, NAME);
  const { keys, byId, damagedLines, torn } = await readLedger(system, folder, path);
  let fd: number | undefined;
  let midLine = torn;
  let pending: Adopted[] = [];
  let writing: Promise<void> | undefined;
  /** What was added meanwhile goes into the next write. */
  async function writePending(): Promise<void> {
    while (pending.length > 0) {
      const adopted = pending;
      pending = [];
      const lines = adopted.map((each) => encode({ v: 1, ...each, at: system.clock.now() }));
      fd ??= await openForAppend(fs, folder, path);
      // A line that was left half written must not swallow this one.
      const text = midLine ? `\n${lines.join('')}` : lines.join('');
      midLine = true;
      await writeBytes(fs, fd, text);
      midLine = false;
      for (const { key, sessionId } of adopted) {
        keys.add(key);
        byId.set(sessionId, key);
      }
    }
  }
  return {
    damagedLines,
    has: (key) => keys.has(key),
    keyOf: (sessionId) => byId.get(sessionId),
    async add(key, sessionId) {
      pending.push({ key, sessionId });
      writing ??= writePending().finally(() => {
        writing = undefined;
      });
      try {
        await writing;
      } catch (cause) {
        pending = [];
        throw failed(path, cause);
      }
    },
    async close() {
      if (fd === undefined) return;
      try {
        await fs.fsync(fd);
      } catch (cause) {
        throw failed(path, cause);
      } finally {
        await fs.close(fd);
      }
    },
  };
}

interface Adopted {
  key: string;
  sessionId: string;
}

function encode(line: { v: 1; key: string; sessionId: string; at: number }): string {
  const open = JSON.stringify(line).slice(0, -1);
  return `${open},"c":"${checksum(open)}"}\n`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

async function readLedger(system: System, folder: string, path: string) {
  const keys = new Set<string>();
  const byId = new Map<string, string>();
  const kind = await directoryKind(system.fs, folder);
  if (kind !== 'directory' && kind !== 'missing') throw unsafe(folder, `it is ${kind}`);
  const read =
    kind === 'missing'
      ? { missing: true }
      : await readOwnFile(system.fs, path, { bytesMax: BYTES_MAX });
  if ('reason' in read) throw unsafe(path, read.reason);
  if (!('bytes' in read)) return { keys, byId, damagedLines: 0, torn: false };
  const lines = read.bytes.toString('utf8').split('\n');
  const torn = lines.pop() !== '';
  let damagedLines = 0;
  for (const line of lines) {
    const adopted = decode(line);
    if (adopted !== undefined) {
      keys.add(adopted.key);
      byId.set(adopted.sessionId, adopted.key);
    } else if (!TORN.test(line)) {
      damagedLines += 1;
    }
  }
  return { keys, byId, damagedLines, torn };
}

/** A line whose checksum matches. */
function decode(line: string): Adopted | undefined {
  const match = /^(.+),"c":"([0-9a-f]{8})"\}$/s.exec(line);
  if (match === null || checksum(match[1] as string) !== match[2]) return undefined;
  return JSON.parse(`${match[1]}}`) as Adopted;
}

function openForAppend(fs: FileSystem, folder: string, path: string): Promise<number> {
  try {
    fs.mkdirSync(folder, 0o700);
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'EEXIST') throw cause;
  }
  return fs.open(path, OPEN.appendOrCreate, 0o600);
}

function unsafe(path: string, reason: string): HoldfastError {
  return new HoldfastError(
    'UNSAFE_PATH',
    `${path} can not be the list of adopted sessions: ${reason}. Without it, sessions that were removed could come back. Look at the path.`,
  );
}

function failed(path: string, cause: unknown): HoldfastError {
  const full = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String((cause as { code?: unknown }).code));
  return new HoldfastError(
    full ? 'DISK_FULL' : 'IO_FAILED',
    `Could not write ${path}: ${(cause as Error).message}. The sessions adopted so far stay; adopt again.`,
    { cause },
  );
}
