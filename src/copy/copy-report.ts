/** What a copy is told, says on the way, and says in the end. */
import type { ErrorCode } from '../model/errors.ts';
import type { Holder } from '../model/state.ts';

/** Where a copy stands. */
export interface CopyProgress {
  /** Sessions that are settled: copied, there already, or left alone. */
  sessions: number;
  /** Sessions of the source, as far as they are known. */
  of: number;
  /** Records that were written. */
  records: number;
}

export interface CopySettings {
  /** Who copies, for people who look. */
  holder: Holder;
  /** Sessions that are copied side by side. */
  parallel: number;
  /** Only the sessions of this agent. */
  agentId?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/** A session that is not the same in both stores. */
export interface CopyProblem {
  key: string;
  /**
   * `CONFLICT`: the target had another session under this key, which was left alone. `CHANGED`: it
   * changed in the source each time while it was copied. Otherwise the error that it met.
   */
  code: ErrorCode | 'CONFLICT' | 'CHANGED';
  message: string;
}

export interface CopyReport {
  /** Every session that was asked for is in the target, and the same. */
  ok: boolean;
  from: string;
  to: string;
  /** Sessions that are the same in both: counted and compared by their checksums. */
  same: number;
  /** Those of them that this run wrote; the others were there already. */
  copied: number;
  /** Of the sessions that are the same. */
  conversations: number;
  records: number;
  problems: CopyProblem[];
}
