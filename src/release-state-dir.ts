/** The one place where a release is bound to the files back end. */
import { resolve } from 'node:path';
import { openFiles } from './backends/files/open-files.ts';
import type { StoreOptions } from './contract/store.ts';
import { dialectOf, LATEST_DIALECT } from './openclaw/dialect/dialect.ts';
import { realDirectory } from './openclaw/release/names-on-disk.ts';
import { releaseInto } from './openclaw/release/release-into.ts';
import type { ReleaseProgress, ReleaseReport } from './openclaw/release/release-report.ts';
import { aFunction, checkOptions, text, yesOrNo } from './store/check-options.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import { realNeighbours } from './system/neighbours.ts';
import { realSystem } from './system/system.ts';

export interface ReleaseOptions extends Pick<StoreOptions, 'lockWaitMs'> {
  /** The version of OpenClaw that will read the directory. Default `2026.7.1`. */
  openclaw?: string;
  /** Only say what would be done. */
  dryRun?: boolean;
  /** Called at each session, twice: when it is looked at and when it is written. */
  onProgress?: (progress: ReleaseProgress) => void;
}

const CHECKS = { openclaw: text(60), dryRun: yesOrNo, onProgress: aFunction };

/**
 * The way back from {@link adoptStateDir}: writes a `sessions.json` for each agent with everything
 * that happened in the store, and the transcripts that OpenClaw does not have yet, then moves the
 * store's own files into `holdfast-released-<time>/` within the directory. Entries that were never
 * sessions of the store stay as they are; transcripts that OpenClaw left stay where they lie. Nothing
 * is deleted, and nothing overwritten without a copy in that directory.
 *
 * Calling it again after it was killed completes it. What could not be written in OpenClaw's form is in
 * the report, with its reason, and still in the directory that was moved away.
 *
 * Rejects with `SESSION_BUSY` while a gateway, a turn or another process that writes to the store is
 * seen, `INVALID_ENTRY` for a version that is none or while a release for another one is half done,
 * `STORE_UNSUPPORTED` for a version that keeps its sessions in SQLite, `ENTRY_DAMAGED` when a session
 * has to be repaired first, and `IO_FAILED` when there is no store.
 */
export async function releaseStateDir(
  directory: string,
  options: ReleaseOptions = {},
): Promise<ReleaseReport> {
  const { openclaw, dryRun = false, onProgress = () => undefined, ...rest } = options;
  checkOptions({ openclaw, dryRun, onProgress }, CHECKS, 'releaseStateDir');
  const dialect = openclaw === undefined ? LATEST_DIALECT : dialectOf(openclaw);
  const { durability, lockWaitMs, openFilesMax } = storeSettings(rest);
  const root = realDirectory(realSystem, resolve(directory));
  const instance = realSurroundings.newInstance();
  return await releaseInto(
    {
      system: realSystem,
      neighbours: realNeighbours,
      root,
      openBackend: (onWarning) =>
        openFiles(root, {
          durability,
          instance,
          lockWaitMs,
          openFilesMax,
          onWarning,
          existing: true,
        }),
    },
    { dialect, dryRun, onProgress },
  );
}
