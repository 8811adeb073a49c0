import type { Problem, VerifyReport } from '../../contract/reports.ts';
import { ioError, isMissing } from './io-error.ts';
import type { OpenedStore } from './opened-store.ts';
import type { Slices } from './slices.ts';

/** What the steps of a verification share. */
export interface Verification {
  readonly store: OpenedStore;
  readonly slices: Slices;
  readonly checked: VerifyReport['checked'];
  readonly problems: Problem[];
  /** Which key each transcript belongs to: one belongs to at most one. */
  readonly transcripts: Map<string, string>;
  report(problem: Problem): void;
}

/** Names in a directory; none when it is not there. */
export function namesIn(store: OpenedStore, directory: string): string[] {
  try {
    return store.system.fs.readdirSync(directory);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw ioError(cause, `list ${directory}`);
  }
}
