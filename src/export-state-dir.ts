/** The one place where an export is bound to the back ends. */
import { resolve } from 'node:path';
import type { StoreOptions } from './contract/store.ts';
import { openBackend } from './open-backend.ts';
import { dialectOf, LATEST_DIALECT } from './openclaw/dialect/dialect.ts';
import { exportInto } from './openclaw/release/export-into.ts';
import type { ReleaseProgress, ReleaseReport } from './openclaw/release/release-report.ts';
import { Told } from './openclaw/release/told.ts';
import { aFunction, checkOptions, text } from './store/check-options.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import { storePlace } from './store-place.ts';
import { realSystem } from './system/system.ts';

export interface ExportOptions extends Pick<StoreOptions, 'lockWaitMs'> {
  /** The version of OpenClaw that will read the directory. Default `2026.7.1`. */
  openclaw?: string;
  /** Called at each session, twice: when it is looked at and when it is written. */
  onProgress?: (progress: ReleaseProgress) => void;
}

const CHECKS = { openclaw: text(60), onProgress: aFunction };

/**
 * Writes the sessions of a store, of whatever back end, as a state directory of OpenClaw: lists,
 * transcripts and archives. `directory` has to be empty or missing. The store is only read. Also the
 * way to an older version for sessions that began where OpenClaw keeps them in SQLite.
 *
 * An export that was killed leaves a directory without any `sessions.json`: remove it and begin again.
 * Rejects with `INVALID_ENTRY` for a directory that is not empty, `SESSION_CHANGED` when a session was
 * reset meanwhile, and as {@link releaseStateDir} does for versions and damaged sessions.
 */
export async function exportStateDir(
  store: string | URL,
  directory: string,
  options: ExportOptions = {},
): Promise<ReleaseReport> {
  const { openclaw, onProgress = () => undefined, ...rest } = options;
  checkOptions({ openclaw, onProgress }, CHECKS, 'exportStateDir');
  const dialect = openclaw === undefined ? LATEST_DIALECT : dialectOf(openclaw);
  const told = new Told();
  const settings = { ...storeSettings(rest), onWarning: told.take };
  const instance = realSurroundings.newInstance();
  const backend = await openBackend(storePlace(store), { ...settings, instance }, true);
  try {
    const ask = { dialect, told, onProgress };
    return await exportInto(realSystem, backend, resolve(directory), ask);
  } finally {
    await backend.close();
  }
}
