/**
 * Small appends, on the event loop while the disk is quick and off it while it is slow.
 *
 *     quick --(two appends in a row took longer than SLOW_MS_MIN)--> slow
 *     slow  --(several appends in a row were quick again)---------> quick
 *
 * A saturated disk so holds the loop twice, not at every commit. One slow append alone says nothing:
 * on a busy machine a process often loses its processor in the middle of a call.
 */
import type { System } from '../../system/system.ts';
import { writeBytes, writeBytesNow } from '../../system/write-bytes.ts';

/** Smaller: an ordinary hiccup leaves the fast path. Larger: a slow disk holds the loop for longer. */
const SLOW_MS_MIN = 5;
/** Fewer: one lucky write brings the loop back onto a slow disk. */
const QUICK_WRITES_MIN = 4;
/** Fewer: a process that lost its processor takes the disk for slow. More: the loop is held more often. */
const SLOW_WRITES_MIN = 2;
/** Appends above this size always run off the loop. */
export const SYNC_BYTES_MAX = 65_536;

const SCRATCH = Buffer.allocUnsafeSlow(SYNC_BYTES_MAX);

export class Disk {
  readonly #system: System;
  #slow = false;
  #slowInARow = 0;
  #quickInARow = 0;

  constructor(system: System) {
    this.#system = system;
  }

  /** True while appends are made off the event loop. */
  get slow(): boolean {
    return this.#slow;
  }

  /**
   * Appends all of `text` (`bytes` long in UTF-8) to a descriptor opened for append. Returns
   * nothing when it is done already, a promise otherwise. Fails with the system's error, having
   * written a part at most.
   */
  append(fd: number, text: string, bytes: number): undefined | Promise<void> {
    if (this.#slow || bytes > SYNC_BYTES_MAX) return this.#appendAside(fd, text);
    const { clock, fs } = this.#system;
    const began = clock.elapsed();
    // One buffer for all: encoding into it is cheaper than handing over a string.
    SCRATCH.write(text, 0, 'utf8');
    const written = fs.writeSync(fd, SCRATCH, 0, bytes);
    if (written !== bytes) writeBytesNow(fs, fd, text, written);
    if (clock.elapsed() - began > SLOW_MS_MIN) this.#slowInARow += 1;
    else this.#slowInARow = 0;
    if (this.#slowInARow >= SLOW_WRITES_MIN) {
      this.#slow = true;
      this.#slowInARow = 0;
      this.#quickInARow = 0;
    }
    return undefined;
  }

  async #appendAside(fd: number, text: string): Promise<void> {
    const { clock, fs } = this.#system;
    const data = Buffer.from(text, 'utf8');
    const began = clock.elapsed();
    await writeBytes(fs, fd, data);
    if (data.length > SYNC_BYTES_MAX || !this.#slow) return;
    this.#quickInARow = clock.elapsed() - began > SLOW_MS_MIN ? 0 : this.#quickInARow + 1;
    if (this.#quickInARow >= QUICK_WRITES_MIN) this.#slow = false;
  }
}
