/**
 * What the whole lines of one metadata log say, line by line. Nothing here touches a file.
 *
 *     empty   --a snapshot--> holds a state
 *     holds a state --a change--> holds the next one
 *     holds a state --a line with a hole that a power loss has left--> nothing from it on counts; it
 *              is a tail that was never finished
 *     any     --another whole line that does not decode or can not follow--> damaged: the state
 *              before it is the last good one, and nothing after it counts
 */
import { isUtf8 } from 'node:buffer';
import { isHoldfastError } from '../../model/errors.ts';
import { CommitRun, isPlainCommit } from './commit-run.ts';
import { LineRefused } from './freeze-deep.ts';
import { type ChangeLine, decodeLine, type SnapshotLine } from './log-line.ts';
import { afterLine, type BlobSource, fromSnapshot, type LogState } from './log-state.ts';

const NEWLINE = 10;
const OPENING_BRACE = 0x7b;
/** Bytes at the end of the last line that tell whether a log is the one that was replayed. */
const TRAILER_LENGTH = 16;

/**
 * Many times an entry as large as one may be. Larger: a file that is no log takes as much memory before
 * it is told as damage.
 */
export const LINE_BYTES_MAX = 16_777_216;

/** A range of a log that does not decode. */
export interface LogDamage {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** What a disk writes at once, or not at all. */
const SECTOR_BYTES = 512;

/**
 * Whether a power loss explains why a line does not decode: the file was longer already, and sectors
 * of it, from the beginning of a write on, had not been written. Our lines hold no zeros, and a hole
 * in the middle of a file ends where a sector ends. Zeros that end elsewhere are damage.
 */
function isHole(line: Buffer, at: number): boolean {
  const last = line.lastIndexOf(0);
  return last >= 0 && (at + last + 1) % SECTOR_BYTES === 0;
}

export class LogReplay {
  readonly #key: string;
  readonly #blobs: BlobSource;
  readonly #isNeverWritten: (log: Buffer) => boolean;
  /** Bytes replayed: up to the last whole line. */
  size = 0;
  /** Bytes of the snapshot in the first line; 0 before it was read. */
  snapshotBytes = 0;
  /** Bytes that were read in one go from the beginning; 0 for a log that this process has begun. */
  openedBytes = 0;
  state: LogState | undefined;
  /** Commits that were taken since `state`, until the end of the bytes or a line of another kind. */
  #run: CommitRun | undefined;
  damage: LogDamage | undefined;
  /** The hash of a stored value that can not be had; what refers to it is damaged until it is back. */
  #lost: string | undefined;
  /** The last line announces a fold. */
  foldAnnounced = false;
  /** The end of the last line, newline included. */
  trailer = '';

  /** `isNeverWritten`: whether a beginning of zeros is one of a session that never reached the disk. */
  constructor(key: string, blobs: BlobSource, isNeverWritten: (log: Buffer) => boolean) {
    this.#key = key;
    this.#blobs = blobs;
    this.#isNeverWritten = isNeverWritten;
  }

  /** Takes the bytes that follow `size`; an unfinished last line is left alone. */
  take(bytes: Buffer): void {
    // Decoded once for all lines; only where one of them is no text, each is decoded.
    const isOpening = this.size === 0;
    const text = isUtf8(bytes) ? bytes.toString('utf8') : undefined;
    let at = 0;
    let textAt = 0;
    try {
      while (this.damage === undefined) {
        const end = bytes.indexOf(NEWLINE, at);
        if (end < 0) {
          this.#checkBeginning(bytes);
          this.#checkLength(bytes.length - at);
          return;
        }
        const textEnd = text?.indexOf('\n', textAt);
        if (!this.#takeLine(bytes, at, end, text?.slice(textAt, textEnd))) return;
        at = end + 1;
        if (textEnd !== undefined) textAt = textEnd + 1;
      }
    } finally {
      this.#endRun();
      if (isOpening) this.openedBytes = this.size;
      if (at > 0) this.trailer = bytes.toString('latin1', at - 1 - TRAILER_LENGTH, at);
    }
  }

  #takeLine(bytes: Buffer, at: number, end: number, text: string | undefined): boolean {
    const line = bytes.subarray(at, end);
    const isFirst = this.state === undefined;
    const decoded = decodeLine(line, text);
    const reason = 'reason' in decoded ? decoded.reason : this.#apply(decoded.line);
    if (reason !== undefined) {
      const hole = 'reason' in decoded && isHole(line, this.size);
      if (hole && (this.state || this.#isNeverWritten(bytes))) return false;
      this.damage = { from: this.size, to: this.size + line.length + 1, reason };
      return false;
    }
    this.size += line.length + 1;
    if (isFirst) this.snapshotBytes = this.size;
    return true;
  }

  #endRun(): void {
    if (!this.#run) return;
    this.state = this.#run.end();
    this.#run = undefined;
  }

  /** However long an unfinished line may still become, it would be none of ours. */
  #checkLength(length: number): void {
    if (length < LINE_BYTES_MAX || this.damage) return;
    const reason = `a line is longer than ${LINE_BYTES_MAX} bytes`;
    this.damage = { from: this.size, to: this.size + length, reason };
  }

  /**
   * A first line that is unfinished was never acknowledged; bytes that are no beginning of one may
   * be all that a power loss left of a session.
   */
  #checkBeginning(bytes: Buffer): void {
    if (this.size > 0 || bytes.length === 0 || bytes[0] === OPENING_BRACE) return;
    if (this.#isNeverWritten(bytes)) return;
    this.damage = { from: 0, to: bytes.length, reason: 'it does not begin as a log' };
  }

  /** Takes over a line that this process has written, without decoding it again. */
  advance(state: LogState, bytes: number, trailer: string): void {
    this.size += bytes;
    this.state = state;
    this.trailer = trailer;
    this.foldAnnounced = false;
  }

  /** Whether a log that is read by `read` has the end that was replayed: inode numbers are used again. */
  endsAt(read: (at: number, length: number) => Buffer): boolean {
    if (this.size < TRAILER_LENGTH) return false;
    const end = read(this.size - TRAILER_LENGTH, TRAILER_LENGTH);
    return end.length === TRAILER_LENGTH && this.trailer.endsWith(end.toString('latin1'));
  }

  /** Whether a value for whose loss this log is damaged can be had again. */
  isMended(): boolean {
    if (this.#lost === undefined) return false;
    return this.#isReadable(this.#lost);
  }

  #isReadable(hash: string): boolean {
    try {
      this.#blobs(hash);
      return true;
    } catch (cause) {
      if (isHoldfastError(cause)) return false;
      throw cause;
    }
  }

  readonly #value: BlobSource = (hash) => {
    try {
      return this.#blobs(hash);
    } catch (cause) {
      if (isHoldfastError(cause) && cause.code === 'ENTRY_DAMAGED') this.#lost = hash;
      throw cause;
    }
  };

  /** What a snapshot says besides values that are lost. */
  #besidesLost(snapshot: SnapshotLine): LogState {
    const blobs = Object.entries(snapshot.blobs ?? {}).filter(([, hash]) => this.#isReadable(hash));
    return fromSnapshot({ ...snapshot, blobs: Object.fromEntries(blobs) }, this.#blobs);
  }

  /** Applies a decoded line; tells why it can not follow. */
  #apply(line: Record<string, unknown>): string | undefined {
    try {
      if (this.state && isPlainCommit(line)) {
        this.#run ??= new CommitRun(this.state);
        this.#run.take(line);
        this.foldAnnounced = false;
        return undefined;
      }
      this.#endRun();
      if (this.state === undefined) {
        const snapshot = line as unknown as SnapshotLine;
        if (snapshot.key !== this.#key) {
          return `it holds the log of ${JSON.stringify(snapshot.key)}`;
        }
        this.state = fromSnapshot(snapshot, this.#value);
      } else this.state = afterLine(this.state, line as ChangeLine, this.#value);
      this.foldAnnounced = line.fold !== undefined;
      return undefined;
    } catch (cause) {
      if (cause instanceof LineRefused) return cause.message;
      if (this.#lost === undefined) throw cause;
      this.state ??= this.#besidesLost(line as unknown as SnapshotLine);
      return (cause as Error).message;
    }
  }
}
