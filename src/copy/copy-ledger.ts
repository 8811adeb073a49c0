/**
 * Which sessions a copy has begun and finished: records of a session of its own in the target, one
 * for each source, that is removed when all is done. A run that was killed is gone on with from it:
 *
 *     nothing ──begun──▶ half ──done, with the checksum──▶ whole
 *
 * What is half, or whole and untouched since, is the copy's own and may be replaced; everything else
 * under a key belongs to somebody else. A turn of that session keeps a second copy of the same source
 * waiting, and ends with the process.
 */
import { createHash } from 'node:crypto';
import type { Backend } from '../contract/backend.ts';
import type { Holder } from '../model/state.ts';

/** Keys of such sessions. They are never copied themselves. */
export const LEDGER_KEYS = 'agent:holdfast:copy:';

/** A turn in PostgreSQL outlives a process that was killed by its lease, 15 s. */
const WAIT_MS = 30_000;
const HALF = '';

export class CopyLedger {
  readonly #backend: Backend;
  readonly #key: string;
  readonly #fence: number;
  /** The checksum of each session that is whole, {@link HALF} for the others. */
  readonly #sums: Map<string, string>;

  private constructor(
    backend: Backend,
    place: { key: string; fence: number },
    sums: Map<string, string>,
  ) {
    this.#backend = backend;
    this.#key = place.key;
    this.#fence = place.fence;
    this.#sums = sums;
  }

  /** The ledger of copies from this source. `SESSION_BUSY` while another process has it. */
  static async open(backend: Backend, source: string, holder: Holder): Promise<CopyLedger> {
    const hash = createHash('sha256').update(source).digest('hex');
    const key = `${LEDGER_KEYS}${hash.slice(0, 16)}`;
    const { fence } = await backend.beginTurn(key, {
      holder,
      label: 'copy',
      waitMs: WAIT_MS,
      // Its writes are refused from then on, and end the copy.
      onInterrupt: () => undefined,
      onLost: () => undefined,
    });
    const sums = new Map<string, string>();
    for await (const { type, of, sum } of backend.transcript(key, { onDamage: 'throw' })) {
      if (type === 'left') sums.delete(of);
      else sums.set(of, type === 'whole' ? sum : HALF);
    }
    return new CopyLedger(backend, { key, fence }, sums);
  }

  /** Sessions that this copy has written, wholly or in part. */
  get keys(): IterableIterator<string> {
    return this.#sums.keys();
  }

  isHalf(key: string): boolean {
    return this.#sums.get(key) === HALF;
  }

  /** Whether a session in the target is this copy's, as it left it. */
  owns(key: string, sum: string): boolean {
    return this.isHalf(key) || this.#sums.get(key) === sum;
  }

  /** Before the first byte of the session is written. */
  async begin(key: string): Promise<void> {
    if (this.isHalf(key)) return;
    await this.#append({ type: 'half', of: key });
    this.#sums.set(key, HALF);
  }

  async done(key: string, sum: string): Promise<void> {
    if (this.#sums.get(key) === sum) return;
    await this.#append({ type: 'whole', of: key, sum });
    this.#sums.set(key, sum);
  }

  /** What is in the target under this key, if anything, is not the copy's. */
  async leave(key: string): Promise<void> {
    if (!this.#sums.has(key)) return;
    await this.#append({ type: 'left', of: key });
    this.#sums.delete(key);
  }

  /** Nothing is left to go on with. */
  async remove(): Promise<void> {
    await this.#backend.remove(this.#key, { fence: this.#fence });
  }

  /** Lets another process go on. */
  async release(): Promise<void> {
    await this.#backend.endTurn(this.#key, this.#fence);
  }

  async #append(record: { type: string; of: string; sum?: string }): Promise<void> {
    await this.#backend.append(this.#key, record, {}, { fence: this.#fence });
  }
}
