import type { Problem, VerifyReport } from '../../contract/reports.ts';
import { ioError, isMissing } from './io-error.ts';
import { within } from './layout.ts';
import type { OpenedStore } from './opened-store.ts';
import { requireRealDirectory } from './safe-path.ts';
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
/** Names in a directory of the store; what stands behind a link in its place is not ours to look at. */
export function ownNamesIn({ store, report }: Verification, directory: string): string[] {
  try {
    if (!requireRealDirectory(store.system.fs, directory)) return [];
  } catch (cause) {
    const { code, message } = ioError(cause, `look at ${directory}`);
    const remedy = 'Remove it by hand if it does not belong there.';
    report({ code, severity: 'notice', path: within(store.root, directory), message, remedy });
    return [];
  }
  return namesIn(store, directory);
}

export function namesIn(store: OpenedStore, directory: string): string[] {
  try {
    return store.system.fs.readdirSync(directory);
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw ioError(cause, `list ${directory}`);
  }
}
