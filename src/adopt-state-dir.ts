/** The one place where an adoption is bound to the files back end. */
import { resolve } from 'node:path';
import { openFiles } from './backends/files/open-files.ts';
import type { StoreOptions } from './contract/store.ts';
import { HoldfastError } from './model/errors.ts';
import { adoptInto } from './openclaw/adopt-into.ts';
import type { AdoptProgress, AdoptReport } from './openclaw/adopt-report.ts';
import { openLedger } from './openclaw/ledger.ts';
import { findLiveGateway } from './openclaw/live-gateway.ts';
import { surveyStateDir } from './openclaw/state-dir.ts';
import { aFunction, signal as aSignal, checkOptions, yesOrNo } from './store/check-options.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import { realNeighbours } from './system/neighbours.ts';
import { realSystem } from './system/system.ts';

/** What an adoption takes, besides what it takes of the options of a store. */
export interface AdoptOptions
  extends Pick<StoreOptions, 'durability' | 'lockWaitMs' | 'onWarning'> {
  /** Write nothing: the report says what would be done. Default false. */
  dryRun?: boolean;
  /**
   * Adopt although a gateway seems to be at work on the directory. What it writes afterwards is not
   * seen. Default false.
   */
  beside?: boolean;
  /** Of a damaged `sessions.json` take the entries before the damage. Default false: none of them. */
  salvage?: boolean;
  /** Ends the adoption with its reason; adopting again goes on where it ended. */
  signal?: AbortSignal;
  /** Called after each session. */
  onProgress?: (progress: AdoptProgress) => void;
}

/**
 * Each session is made once and not looked at again, so what the store keeps of an open one, such as
 * the ids of its records, is of no use. Fewer: sessions that are made side by side close each other's
 * files. More: memory that grows with the number of sessions.
 */
const OPEN_FILES_MAX = 64;

const CHECKS = {
  dryRun: yesOrNo,
  beside: yesOrNo,
  salvage: yesOrNo,
  signal: aSignal,
  onProgress: aFunction,
};

/**
 * Takes over the sessions of an OpenClaw state directory, in place: every entry of every
 * `agents/<id>/sessions/sessions.json`, or of the agent's database when its sessions are there,
 * becomes a session of the store that lies in the same directory and is opened with
 * `openStore(directory)`, under the key that OpenClaw 2026.7.1 would write. Conversations that a reset had set aside become archives, and transcripts to which no entry
 * refers become sessions `agent:<id>:recovered:<session id>`. Transcripts stay where they lie;
 * nothing of OpenClaw's is moved, changed or deleted.
 *
 * Calling it again takes over what is new since, and never what was taken over before, even when it
 * was removed meanwhile; after a run that was killed it goes on where that one ended. Stop the
 * gateway first: what it writes afterwards is not seen.
 *
 * What can not be taken over is in the report, with its reason, and stops nothing else. Rejects with
 * `SESSION_BUSY` while a gateway seems to be at work, `IO_FAILED` when there is no such directory,
 * and as `openStore` does when no store can be there.
 */
export async function adoptStateDir(
  directory: string,
  options: AdoptOptions = {},
): Promise<AdoptReport> {
  const { dryRun = false, beside = false, salvage = false, signal, onProgress, ...rest } = options;
  checkOptions({ dryRun, beside, salvage, signal, onProgress }, CHECKS, 'adoptStateDir');
  const { durability, lockWaitMs, onWarning } = storeSettings(rest);
  const source = await surveyStateDir(realSystem.fs, resolve(directory));
  const ask = {
    ledgerOf: ({ directory: sessions }: { directory: string }) => openLedger(realSystem, sessions),
    salvage,
    signal,
    onProgress,
  };
  if (!beside) await checkNoGateway(source.root);
  if (dryRun || source.agents.length === 0) {
    return { ...(await adoptInto(source, realSystem, ask)), dryRun };
  }
  const instance = realSurroundings.newInstance();
  const backend = await openFiles(source.root, {
    durability,
    instance,
    lockWaitMs,
    openFilesMax: OPEN_FILES_MAX,
    onWarning,
  });
  try {
    return await adoptInto(source, realSystem, { ...ask, backend });
  } finally {
    await backend.close();
  }
}

async function checkNoGateway(root: string): Promise<void> {
  const live = await findLiveGateway(realSystem.fs, realNeighbours, root);
  if (live === undefined) return;
  throw new HoldfastError(
    'SESSION_BUSY',
    `A gateway of OpenClaw seems to be at work on ${root}: ${live.reason}. Stop it, or say that it may go on beside (\`beside\`, or --beside): what it writes afterwards is not seen.`,
  );
}
