/**
 * The journal of one opened store in one agent: a line for every change that it is about to make,
 * `["<key>",<rev>]` or `["<key>",<rev>,"<kind>"]`, written under the session's lock just before
 * the change. Whoever lists or watches tails these files; they are a cache, and deleting them costs
 * one scan.
 *
 *     unclaimed --first line--> a slot whose lock is free is taken, its newest file is continued
 *     open      --descriptors are needed elsewhere--> unclaimed
 *     open      --a file is full, or a write of it failed--> the next file of the slot
 *     open      --its files were deleted--> a slot is taken anew, with a file of a later number, so
 *              that readers know that they have missed something
 *
 * Slots are used again, so there are never more journals than stores were open at one time. A slot
 * keeps its last two files: a reader that fell further behind scans once.
 */
import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import type { Change } from '../../model/state.ts';
import { OPEN } from '../../system/file-system.ts';
import type { System } from '../../system/system.ts';
import { writeBytesNow } from '../../system/write-bytes.ts';
import type { DescriptorPool, Holding } from './descriptor-pool.ts';
import type { Disk } from './disk.ts';
import { errno, ioError } from './io-error.ts';
import { requireOwnFile, requireRealDirectory } from './safe-path.ts';

/** Larger: more to read for a reader that starts late. Smaller: more readers fall behind. */
const FILE_BYTES_MAX = 4_194_304;
const SLOTS_MAX = 10_000;
/** Longer: a journal that was deleted by hand is written to for longer. Shorter: more calls. */
const LOOK_MS_MAX = 100;
export const JOURNAL_NAME = /^(\d{1,5})\.(\d{1,15})\.jsonl$/;
const journalName = (slot: number, number: number) => `${slot}.${number}.jsonl`;

/** A key as a journal line begins with it; made once a session. */
export const journalPrefix = (key: string) => `[${JSON.stringify(key)},`;

export class Journal implements Holding {
  readonly #system: System;
  readonly #disk: Disk;
  readonly #pool: DescriptorPool;
  readonly #directory: string;
  readonly #identity: string;
  #slot = 0;
  #number = 0;
  #fd = -1;
  #lockFd = -1;
  #size = 0;
  #broken = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Lines that are being written off the event loop. */
  #writing = 0;
  used = true;

  /** `identity` is written into the slot's lock file, for people to read. */
  constructor(
    system: System,
    disk: Disk,
    pool: DescriptorPool,
    directory: string,
    identity: string,
  ) {
    this.#system = system;
    this.#disk = disk;
    this.#pool = pool;
    this.#directory = directory;
    this.#identity = identity;
  }

  get descriptors(): number {
    return this.#fd < 0 ? 0 : 2;
  }

  /** Gives the slot up for now; whoever writes next takes a free one and continues its file. */
  release(): boolean {
    if (this.#writing > 0) return false;
    this.close();
    return true;
  }

  /** Announces a change. Returns nothing when the line is written, a promise otherwise. */
  note(prefix: string, rev: number, kind: Change['kind']): undefined | Promise<void> {
    const line = kind === 'update' ? `${prefix}${rev}]\n` : `${prefix}${rev},"${kind}"]\n`;
    this.used = true;
    try {
      if (this.#fd < 0) this.#claim();
      else if (this.#isDeleted()) this.#beginAnew();
      else if (this.#broken || this.#size > FILE_BYTES_MAX) this.#turnOver();
      const bytes = Buffer.byteLength(line);
      this.#size += bytes;
      const written = this.#disk.append(this.#fd, line, bytes);
      return written && this.#later(written);
    } catch (cause) {
      return this.#fail(cause);
    }
  }

  async #later(written: Promise<void>): Promise<void> {
    this.#writing += 1;
    try {
      await written;
    } catch (cause) {
      this.#fail(cause);
    } finally {
      this.#writing -= 1;
    }
  }

  close(): void {
    const { fs } = this.#system;
    if (this.#fd >= 0) fs.closeSync(this.#fd);
    if (this.#lockFd >= 0) fs.closeSync(this.#lockFd);
    this.#fd = -1;
    this.#lockFd = -1;
  }

  /** A file that may end in half a line is not continued: the next line would be glued to it. */
  #fail(cause: unknown): never {
    this.#broken = true;
    throw ioError(cause, `write the journal ${this.#directory}`);
  }

  /** Whoever deletes a cache does not ask who writes it. */
  #isDeleted(): boolean {
    const { clock, fs } = this.#system;
    if (this.#writing > 0 || clock.elapsed() - this.#lookedAt <= LOOK_MS_MAX) return false;
    this.#lookedAt = clock.elapsed();
    return fs.fstatSync(this.#fd).nlink === 0 || fs.fstatSync(this.#lockFd).nlink === 0;
  }

  #beginAnew(): void {
    this.close();
    this.#pool.gave(this, 2);
    try {
      this.#system.fs.mkdirSync(this.#directory, 0o700);
    } catch (cause) {
      if (errno(cause) !== 'EEXIST') throw cause;
    }
    this.#claim(1);
  }

  /** `later`: by how much the number of its file is later than those that are there. */
  #claim(later = 0): void {
    const { clock, fs, lock } = this.#system;
    this.#lookedAt = clock.elapsed();
    // Who makes no session makes no directories, and so has not looked at this one yet.
    requireRealDirectory(fs, this.#directory);
    for (let slot = 1; slot <= SLOTS_MAX; slot++) {
      const path = join(this.#directory, `${slot}.lock`);
      const fd = fs.openSync(path, OPEN.lock, 0o600);
      try {
        requireOwnFile(fs.fstatSync(fd), path);
        if (!lock.tryLock(fd)) {
          fs.closeSync(fd);
          continue;
        }
        fs.ftruncateSync(fd, 0);
        writeBytesNow(fs, fd, this.#identity);
      } catch (cause) {
        fs.closeSync(fd);
        throw cause;
      }
      this.#slot = slot;
      this.#lockFd = fd;
      try {
        this.#number = this.#newest() + later;
        this.#openFile();
      } catch (cause) {
        this.close();
        throw cause;
      }
      this.#pool.take(this, 2);
      return;
    }
    throw new HoldfastError(
      'LIMIT_EXCEEDED',
      `More than ${SLOTS_MAX} stores are open in ${this.#directory}. Close some of them.`,
    );
  }

  #newest(): number {
    let newest = 1;
    for (const name of this.#system.fs.readdirSync(this.#directory)) {
      const match = JOURNAL_NAME.exec(name);
      if (match && Number(match[1]) === this.#slot) newest = Math.max(newest, Number(match[2]));
    }
    return newest;
  }

  #openFile(): void {
    const { fs } = this.#system;
    const path = join(this.#directory, journalName(this.#slot, this.#number));
    const fd = fs.openSync(path, OPEN.appendOrCreate, 0o600);
    try {
      this.#size = requireOwnFile(fs.fstatSync(fd), path).size;
      const last = Buffer.alloc(1);
      if (this.#size > 0) fs.readSync(fd, last, 0, 1, this.#size - 1);
      this.#broken = this.#size > 0 && last[0] !== 10;
    } catch (cause) {
      fs.closeSync(fd);
      throw cause;
    }
    this.#fd = fd;
    if (this.#broken || this.#size > FILE_BYTES_MAX) this.#turnOver();
  }

  #turnOver(): void {
    const { fs } = this.#system;
    const path = join(this.#directory, journalName(this.#slot, this.#number + 1));
    const fd = fs.openSync(path, OPEN.createNew, 0o600);
    fs.closeSync(this.#fd);
    this.#fd = fd;
    this.#number += 1;
    this.#size = 0;
    this.#broken = false;
    for (const name of fs.readdirSync(this.#directory)) {
      const match = JOURNAL_NAME.exec(name);
      if (!match || Number(match[1]) !== this.#slot || Number(match[2]) > this.#number - 2)
        continue;
      fs.unlinkSync(join(this.#directory, name));
    }
  }
}
