/**
 * The metadata log of one session, as one process sees it: the generation that it has open, how
 * many bytes of it it has replayed, and the state after them.
 *
 *     closed --open--> open, replayed up to `size`
 *     open   --grown--> the new whole lines are replayed; an unfinished last line is left alone
 *     open   --last line announces a fold--> not trusted from memory until the next generation was
 *              looked for: found, it takes the place of this one; not found, the fold was given up
 *     open   --unlinked, replaced or shrunk--> looked up again by its path, replayed from the start
 *     open   --its last line ends the session--> looked up again at every look: the next session of
 *              the key has a log of its own, here or in another directory of this name
 *     any    --a whole line does not decode--> damaged: the state before it is the last good one
 *
 * Whoever reads takes no lock: lines are appended whole and in order, so every prefix of whole
 * lines is a state that was committed. Whoever appends holds the session's lock.
 */
import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import { SYNC_BYTES_MAX } from './disk.ts';
import { generationsIn, isAt, type LogFile, openIfThere } from './generations.ts';
import { logName } from './layout.ts';
import { LINE_BYTES_MAX, LogReplay } from './log-replay.ts';
import type { BlobSource, LogState } from './log-state.ts';
import { neverWritten } from './never-written.ts';
import { readBytesNow, readRest } from './read-bytes.ts';
import { requireRealDirectory } from './safe-path.ts';
import { vanishedLog } from './session-errors.ts';

/** How often a log may be looked up again in one call before the directory is called unreadable. */
const LOOKUPS_MAX = 100;
/** Longer: a log that was deleted by hand is written to for longer. Shorter: more calls per commit. */
const LOOK_MS_MAX = 100;
const PROBE = Buffer.alloc(1);

export class SessionLog {
  readonly #system: System;
  readonly #key: string;
  readonly #directory: string;
  readonly #empty: () => LogReplay;
  #replay: LogReplay;
  #ino = -1;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The bytes behind `size` were read off the event loop, and nothing was looked at since. */
  #readAside = false;
  fd = -1;
  /** How often a log was opened by its path: each time it may be another one than before. */
  openings = 0;
  /** 0 before any generation was seen. */
  generation = 0;
  /** What is known of the file that is replayed; another one after each exchange. */
  file = { named: false };
  /** Bytes of the file at the last look; more than `size` when its last line is unfinished. */
  fileSize = 0;

  constructor(system: System, key: string, directory: string, blobs: BlobSource) {
    this.#system = system;
    this.#key = key;
    this.#directory = directory;
    this.#empty = () => new LogReplay(key, blobs, neverWritten(system.fs, directory));
    this.#replay = this.#empty();
  }

  get size() {
    return this.#replay.size;
  }

  get state() {
    return this.#replay.state;
  }

  get damage() {
    return this.#replay.damage;
  }

  /** What was replayed, for a fold. */
  get replay(): Readonly<LogReplay> {
    return this.#replay;
  }

  get path(): string {
    return join(this.#directory, logName(this.generation));
  }

  /**
   * Brings `state` up to what the file holds. `false`: more was written than may be read on the
   * event loop; call {@link catchUp} and then this again.
   */
  refresh(): boolean {
    if (this.#isUnchanged()) return true;
    for (let look = 0; look < LOOKUPS_MAX; look++) {
      if (this.fd < 0 && !this.#open()) {
        this.forget();
        return true;
      }
      const facts = this.#system.fs.fstatSync(this.fd);
      this.#lookedAt = this.#system.clock.elapsed();
      // A damaged log may have been moved aside by a repair, or what it lacked may be back.
      const mended = this.damage && (this.#replay.isMended() || !this.#isLast());
      if (mended || facts.nlink === 0 || facts.size < this.size) {
        this.#reopen();
        continue;
      }
      // An unfinished line may have made way for one of the same length. Read aside, it is not again.
      if (!this.damage && (facts.size !== this.fileSize || this.size !== facts.size)) {
        const more = facts.size - this.size;
        if (more > SYNC_BYTES_MAX && !this.#readAside) return false;
        this.#readAside = false;
        this.#replay.take(readBytesNow(this.#system.fs, this.fd, this.size, more));
        this.fileSize = facts.size;
      }
      if (this.#isNewest()) return true;
    }
    throw vanishedLog(this.#key, this.#directory, LOOKUPS_MAX);
  }

  /** Whether a read at the end finds nothing more: half the cost of a `stat`, which is made after a moment. */
  #isUnchanged(): boolean {
    if (this.fd < 0 || this.size !== this.fileSize || this.damage) return false;
    if (this.#replay.foldAnnounced || this.state?.removed) return false;
    if (this.#system.clock.elapsed() - this.#lookedAt > LOOK_MS_MAX) return false;
    return this.#system.fs.readSync(this.fd, PROBE, 0, 1, this.size) === 0;
  }

  /**
   * Reads what {@link refresh} left, off the event loop and in pieces. When the log is closed meanwhile,
   * its number may be another file's: what came of the read means nothing, and the caller looks again.
   */
  async catchUp(): Promise<void> {
    const { fd, openings } = this;
    for (let more = true; more && !this.damage; ) {
      const { size: from } = this;
      const isOver = () => this.fd !== fd || this.size !== from || this.openings !== openings;
      const bytes = await readRest(this.#system.fs, fd, from, LINE_BYTES_MAX).catch((cause) => {
        if (!isOver()) throw cause;
      });
      if (!bytes || isOver()) return;
      this.#replay.take(bytes);
      this.fileSize = from + bytes.length;
      more = bytes.length === LINE_BYTES_MAX;
    }
    this.#readAside = true;
  }

  /** Takes over what this process has just appended, so that it is not read back. */
  advance(state: LogState, bytes: number, trailer: string): void {
    this.#replay.advance(state, bytes, trailer);
    this.fileSize = this.#replay.size;
  }

  /** A generation that this process has just made takes the place of the one before. */
  adopt(
    fd: number,
    generation: number,
    bytes: { snapshot: number; all: number },
    state: LogState,
    trailer: string,
  ): void {
    // First, so that a failure leaves everything as it was and the descriptor to the caller.
    const { ino } = this.#system.fs.fstatSync(fd);
    this.close();
    this.forget();
    this.fd = fd;
    this.generation = generation;
    this.#ino = ino;
    this.#replay.snapshotBytes = bytes.snapshot;
    this.advance(state, bytes.all, trailer);
  }

  close(): void {
    if (this.fd < 0) return;
    const { fd } = this;
    this.fd = -1;
    this.#system.fs.closeSync(fd);
  }

  /** Generations that lie in the directory, oldest first; empty when there is no directory. */
  generations(): number[] {
    return generationsIn(this.#system.fs, this.#directory, this.#key);
  }

  #reopen(): void {
    this.close();
    this.forget();
  }

  /** What was replayed belongs to a log that is no more. */
  forget(): void {
    this.generation = 0;
    this.fileSize = 0;
    this.file = { named: false };
    this.#replay = this.#empty();
  }

  #open(): boolean {
    if (!requireRealDirectory(this.#system.fs, this.#directory, this.#key)) return false;
    for (let look = 0; look < LOOKUPS_MAX; look++) {
      const generation = this.generation > 0 ? this.generation : this.generations().at(-1);
      if (generation === undefined) return false;
      const file = openIfThere(this.#system.fs, this.#directory, generation, this.#key);
      if (file) {
        this.#take(file, generation);
        return true;
      }
      // Folded away between the look and the open: the next look finds its successor.
      this.forget();
    }
    return false;
  }

  #take({ fd, ino, size }: LogFile, generation: number): void {
    const { fs } = this.#system;
    const same = generation === this.generation && ino === this.#ino && size >= this.size;
    if (!same || !this.#replay.endsAt((at, length) => readBytesNow(fs, fd, at, length))) {
      this.forget();
      this.generation = generation;
      this.#ino = ino;
    }
    this.fileSize = this.size;
    this.fd = fd;
    this.openings += 1;
  }

  /** Whether no other log has taken the place of this one; opens it, or lets the next look do so. */
  #isNewest(): boolean {
    const { removed } = this.state ?? {};
    if (!removed && !this.#replay.foldAnnounced) return true;
    if (!removed && this.#follow()) return false;
    // Generations are unlinked in their order: while this one has its name, no later one lost its.
    // The name counts, not the link: a removal may have moved all of them away.
    if (removed ? this.#isLast() : isAt(this.#system.fs, this.path, this.#ino)) return true;
    this.#reopen();
    return false;
  }

  /** Whether it has its name still, and no later generation is there. */
  #isLast(): boolean {
    const isThere = isAt(this.#system.fs, this.path, this.#ino);
    return isThere && this.generations().at(-1) === this.generation;
  }

  /** Opens the generation that was announced. `false`: there is none, the fold was given up. */
  #follow(): boolean {
    const next = this.generation + 1;
    const file = openIfThere(this.#system.fs, this.#directory, next, this.#key);
    if (!file) return false;
    this.#reopen();
    this.#take(file, next);
    return true;
  }
}
