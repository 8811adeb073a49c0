import { adoptInto } from '../../src/openclaw/adopt-into.ts';
import type { AdoptReport } from '../../src/openclaw/adopt-report.ts';
import { openLedger } from '../../src/openclaw/ledger.ts';
import { surveyStateDir } from '../../src/openclaw/state-dir.ts';
import { realSystem, type System } from '../../src/system/system.ts';
import { openStoreAt, type StoreAt } from '../files/open-store-at.ts';

/** Adopts at the seam, into a store that stays open until the test has finished. */
export async function adoptAt(
  root: string,
  system: System = realSystem,
): Promise<StoreAt & { report: AdoptReport }> {
  const source = await surveyStateDir(system.fs, root);
  const opened = await openStoreAt(source.root, { system });
  const { backend } = opened;
  const report = await adoptInto(source, system, {
    backend,
    ledgerOf: ({ directory }) => openLedger(system, directory),
  });
  return { ...opened, report };
}

/** What was said of a session. */
export function noticeOf(report: AdoptReport, key: string): string | undefined {
  return report.notices.find((notice) => notice.key === key)?.reason;
}
