/**
 * Commits that follow each other in a log, applied to one copy of the entry: a state of its own for
 * each of some thousand lines would cost more than reading them.
 *
 *     a state --plain commits, one after the other--> the draft holds them all
 *     any     --a line that can not follow--> refused; the draft stays as the line before left it
 *     any     --{@link CommitRun.end}--> the state after the last one, frozen like every other
 */
import { setField } from '../../model/plain-object.ts';
import { freezeDeep, LineRefused } from './freeze-deep.ts';
import { oddChange } from './line-shape.ts';
import type { ChangeLine } from './log-line.ts';
import { blobsAfter, type LogState } from './log-state.ts';

/** Whether a line only sets and removes fields whose values it holds itself. */
export function isPlainCommit(line: ChangeLine): boolean {
  return line.rev !== undefined && line.sessionId === undefined && line.blobs === undefined;
}

export class CommitRun {
  readonly #base: LogState;
  readonly #entry: Record<string, unknown>;
  #rev: number;
  #updatedAt: number;
  #blobs: LogState['blobs'];

  constructor(base: LogState) {
    this.#base = base;
    this.#entry = { ...base.entry };
    this.#rev = base.rev;
    this.#updatedAt = base.updatedAt;
    this.#blobs = base.blobs;
  }

  /** Applies a plain commit, or throws {@link LineRefused} and has changed nothing. */
  take(line: ChangeLine): void {
    if (this.#base.removed) throw new LineRefused('a line follows the end of the session');
    const odd = oddChange(line);
    if (odd !== undefined) throw new LineRefused(odd);
    const { rev, set, unset } = line;
    if (rev !== this.#rev + 1) {
      throw new LineRefused(`revision ${rev} follows revision ${this.#rev}`);
    }
    for (const field in set) freezeDeep(set[field], 1);
    this.#blobs = blobsAfter(this.#blobs, line);
    if (unset) for (const field of unset) delete this.#entry[field];
    for (const field in set) setField(this.#entry, field, set[field]);
    this.#rev = rev;
    if (line.at !== undefined && line.at > this.#updatedAt) this.#updatedAt = line.at;
  }

  end(): LogState {
    return {
      ...this.#base,
      rev: this.#rev,
      updatedAt: this.#updatedAt,
      entry: Object.freeze(this.#entry),
      blobs: this.#blobs,
    };
  }
}
