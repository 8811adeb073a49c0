/**
 * The files of a database, opened for reading and looked at for as long as it is read. Only the
 * kernel reads them for us: no lock is taken, no `-shm` made, nothing written.
 *
 * A program that is at work on the database would be seen in two places: a checkpoint changes the
 * file itself, and a log that begins anew has another head. Frames that are only added to the log
 * lie behind what the reader knows, and change nothing for it.
 */
import { join } from 'node:path';
import type { FileFacts, FileSystem } from '../../system/file-system.ts';
import { OPEN } from '../../system/file-system.ts';
import { whyNotOwn } from '../own-file.ts';

/** What stands behind the name of the database in the name of one of its files. */
export type Suffix = '' | '-wal' | '-journal';

/** The salts of a log are in its first bytes; they change when it begins anew. */
const WAL_HEAD_BYTES = 32;

interface Opened {
  fd: number;
  size: number;
}

export class DatabaseFiles {
  readonly #fs: FileSystem;
  readonly #opened = new Map<Suffix, Opened>();
  readonly #facts: FileFacts;
  readonly #head: Uint8Array;

  private constructor(fs: FileSystem, opened: Map<Suffix, Opened>, facts: FileFacts) {
    this.#fs = fs;
    this.#opened = opened;
    this.#facts = facts;
    this.#head = this.#walHead();
  }

  /** `undefined` when there is no database; a reason when one of its files is not to be opened. */
  static open(
    fs: FileSystem,
    folder: string,
    name: string,
  ): DatabaseFiles | { reason: string } | undefined {
    const opened = new Map<Suffix, Opened>();
    const closeAll = () => {
      for (const { fd } of opened.values()) fs.closeSync(fd);
    };
    let main: FileFacts | undefined;
    try {
      for (const suffix of ['', '-wal', '-journal'] as const) {
        const found = openOne(fs, join(folder, name + suffix));
        if (found === undefined && suffix === '') return undefined;
        if (found === undefined) continue;
        if ('odd' in found) {
          closeAll();
          return { reason: `${name}${suffix} is not opened: ${found.odd}` };
        }
        opened.set(suffix, { fd: found.fd, size: found.facts.size });
        main ??= found.facts;
      }
      return new DatabaseFiles(fs, opened, main as FileFacts);
    } catch (cause) {
      closeAll();
      return { reason: `it cannot be read: ${(cause as Error).message}` };
    }
  }

  /** When the database itself was written to last; milliseconds since the epoch. */
  get changedAt(): number {
    return this.#facts.mtimeMs;
  }

  has(suffix: Suffix): boolean {
    return this.#opened.has(suffix);
  }

  /** As it was when it was opened: what came later belongs to a later state. */
  size(suffix: Suffix): number {
    return this.#opened.get(suffix)?.size ?? 0;
  }

  /** How many bytes there were. */
  read(suffix: Suffix, into: Uint8Array, offset: number, length: number, at: number): number {
    const file = this.#opened.get(suffix);
    if (file === undefined) return 0;
    const wanted = Math.max(0, Math.min(length, file.size - at));
    let count = 0;
    while (count < wanted) {
      const more = this.#fs.readSync(file.fd, into, offset + count, wanted - count, at + count);
      if (more === 0) break;
      count += more;
    }
    return count;
  }

  /** Whether everything that was read until now is of one state. */
  isUnchanged(): boolean {
    const { size, mtimeMs } = this.#fs.fstatSync((this.#opened.get('') as Opened).fd);
    if (size !== this.#facts.size || mtimeMs !== this.#facts.mtimeMs) return false;
    return Buffer.compare(this.#walHead(), this.#head) === 0;
  }

  close(): void {
    for (const { fd } of this.#opened.values()) this.#fs.closeSync(fd);
    this.#opened.clear();
  }

  #walHead(): Uint8Array {
    const head = new Uint8Array(WAL_HEAD_BYTES);
    this.read('-wal', head, 0, head.length, 0);
    return head;
  }
}

function openOne(
  fs: FileSystem,
  path: string,
): { fd: number; facts: FileFacts } | { odd: string } | undefined {
  try {
    // Opening a pipe or a device could have an effect.
    const odd = whyNotOwn(fs.lstatSync(path));
    if (odd !== undefined) return { odd };
    const fd = fs.openSync(path, OPEN.read, 0);
    const facts = fs.fstatSync(fd);
    const oddNow = whyNotOwn(facts);
    if (oddNow === undefined) return { fd, facts };
    fs.closeSync(fd);
    return { odd: oddNow };
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return undefined;
    throw cause;
  }
}
