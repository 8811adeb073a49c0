/**
 * The text of a `sessions.json`, put together from new entries and from what stands in the present
 * file already. Neighbours that both stay are copied in one piece, with what is between them.
 */
import { sessionsJsonPieces } from '../dialect/sessions-json-text.ts';
import type { PieceWriter } from './piece-writer.ts';

const FIRST = '{\n  ';
const NEXT = ',\n  ';

/** One entry with its key, as it stands in the file. */
export function entryText(key: string, entry: unknown): string {
  const [piece = ''] = sessionsJsonPieces([[key, entry]]);
  return piece.slice(FIRST.length);
}

export interface Place {
  at: number;
  length: number;
}

export class MirrorText {
  readonly #out: PieceWriter;
  readonly #from: number;
  /** Bytes of the new file, those included that are still to be copied. */
  #bytes = 0;
  #run: Place | undefined;
  #whole = true;

  /** `from`: the descriptor of the present file; -1 when nothing is kept of it. */
  constructor(out: PieceWriter, from: number) {
    this.#out = out;
    this.#from = from;
  }

  /** A new entry with its key. Resolves to where it stands. */
  async add(text: string): Promise<Place> {
    await this.#copyRun();
    await this.#separate();
    const at = this.#bytes;
    const length = Buffer.byteLength(text);
    await this.#out.add(text);
    this.#bytes += length;
    return { at, length };
  }

  /** An entry of the present file. Resolves to where it stands in the new one. */
  async keep({ at, length }: Place): Promise<number> {
    const run = this.#run;
    if (run !== undefined && run.at + run.length + NEXT.length === at) {
      run.length += NEXT.length + length;
      this.#bytes += NEXT.length;
    } else {
      await this.#copyRun();
      await this.#separate();
      this.#run = { at, length };
    }
    const place = this.#bytes;
    this.#bytes += length;
    return place;
  }

  /** `false` when the present file turned out to be shorter than it was. */
  async end(): Promise<boolean> {
    await this.#copyRun();
    await this.#out.add(this.#bytes === 0 ? '{}' : '\n}');
    await this.#out.end();
    return this.#whole;
  }

  async #separate(): Promise<void> {
    const text = this.#bytes === 0 ? FIRST : NEXT;
    await this.#out.add(text);
    this.#bytes += text.length;
  }

  async #copyRun(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    if (!(await this.#out.copy(this.#from, run.at, run.length))) this.#whole = false;
  }
}
