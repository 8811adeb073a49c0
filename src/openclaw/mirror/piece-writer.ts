/** Writes a file in pieces, off the event loop, and gives the loop back between them. */
import type { System } from '../../system/system.ts';
import { breathe } from '../../system/timers.ts';
import { writeBytes } from '../../system/write-bytes.ts';

/** Smaller: more calls. Larger: encoding one holds the event loop for longer. */
const BYTES_MIN = 131_072;
/** Milliseconds of work between two rounds of the event loop. */
const SLICE_MS = 4;

export class PieceWriter {
  readonly #system: System;
  readonly #fd: number;
  #texts: string[] = [];
  #units = 0;
  #until: number;
  /** Bytes so far, those included that are not written yet. */
  bytes = 0;

  constructor(system: System, fd: number) {
    this.#system = system;
    this.#fd = fd;
    this.#until = system.clock.elapsed() + SLICE_MS;
  }

  async add(text: string): Promise<void> {
    this.#texts.push(text);
    this.#units += text.length;
    this.bytes += Buffer.byteLength(text);
    if (this.#units >= BYTES_MIN) await this.#flush();
    else await this.rest();
  }

  /** Bytes of another file. Resolves to `false` when it has fewer. */
  async copy(from: number, at: number, length: number): Promise<boolean> {
    await this.#flush();
    const buffer = Buffer.allocUnsafe(Math.min(length, BYTES_MIN));
    for (let done = 0; done < length; ) {
      const wanted = Math.min(buffer.length, length - done);
      const count = await this.#system.fs.read(from, buffer, 0, wanted, at + done);
      if (count === 0) return false;
      await writeBytes(this.#system.fs, this.#fd, buffer.subarray(0, count));
      done += count;
    }
    this.bytes += length;
    return true;
  }

  /** Lets others have the event loop when it was held for long enough. */
  async rest(): Promise<void> {
    if (this.#system.clock.elapsed() <= this.#until) return;
    await breathe(this.#system.timers);
    this.#until = this.#system.clock.elapsed() + SLICE_MS;
  }

  async end(): Promise<void> {
    await this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#texts.length === 0) return;
    const text = this.#texts.join('');
    this.#texts = [];
    this.#units = 0;
    await writeBytes(this.#system.fs, this.#fd, text);
    this.#until = this.#system.clock.elapsed() + SLICE_MS;
  }
}
