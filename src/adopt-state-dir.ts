/** The one place where an adoption is bound to the files back end. */
import { resolve } from 'node:path';
import { openFiles } from './backends/files/open-files.ts';
import type { StoreOptions } from './contract/store.ts';
import { adoptInto } from './openclaw/adopt-into.ts';
import type { AdoptReport } from './openclaw/adopt-report.ts';
import { openLedger } from './openclaw/ledger.ts';
import { surveyStateDir } from './openclaw/state-dir.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import { realSystem } from './system/system.ts';

/** What an adoption takes of the options of a store. */
export type AdoptOptions = Pick<StoreOptions, 'durability' | 'lockWaitMs' | 'onWarning'>;

/**
 * Takes over the sessions of an OpenClaw state directory of the JSON era, in place: every entry of
 * every `agents/<id>/sessions/sessions.json` becomes a session of the store that lies in the same
 * directory and is opened with `openStore(directory)`. Transcripts stay where they lie; nothing of
 * OpenClaw's is moved, changed or deleted.
 *
 * Calling it again takes over what is new since, and never what was taken over before, even when it
 * was removed meanwhile. Stop the gateway first: what it writes afterwards is not seen.
 *
 * What can not be taken over is in the report, with its reason, and stops nothing else. Rejects with
 * `IO_FAILED` when there is no such directory, and as `openStore` does when no store can be there.
 */
export async function adoptStateDir(
  directory: string,
  options: AdoptOptions = {},
): Promise<AdoptReport> {
  const { durability, lockWaitMs, openFilesMax, onWarning } = storeSettings(options);
  const source = await surveyStateDir(realSystem.fs, resolve(directory));
  if (source.agents.length === 0) {
    return { adopted: 0, known: 0, refused: [], notices: source.notices, stores: [] };
  }
  const instance = realSurroundings.newInstance();
  const backend = await openFiles(source.root, {
    durability,
    instance,
    lockWaitMs,
    openFilesMax,
    onWarning,
  });
  try {
    return await adoptInto(backend, source, realSystem, (agent) =>
      openLedger(realSystem, agent.directory),
    );
  } finally {
    await backend.close();
  }
}
