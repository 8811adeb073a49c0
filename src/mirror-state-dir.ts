/** The one place where a mirror is bound to the files back end. */
import { join } from 'node:path';
import { agentFolder, agentPaths, sessionFolder } from './backends/files/layout.ts';
import { transcriptPlace } from './backends/files/transcript-path.ts';
import type { Backend } from './contract/backend.ts';
import type { Store, StoreOptions } from './contract/store.ts';
import { agentOf } from './model/session-key.ts';
import type { Entry } from './model/state.ts';
import { Mirror, type MirrorSettings } from './openclaw/mirror/mirror.ts';
import type { TranscriptPathOf } from './openclaw/mirror/mirror-context.ts';
import { surveyStateDir } from './openclaw/state-dir.ts';
import { storeOver } from './store/store-over.ts';
import { storeSettings } from './store/store-settings.ts';
import { realNeighbours } from './system/neighbours.ts';
import { realSystem, type System } from './system/system.ts';

/**
 * A store over a back end in a directory, with a mirror for the tools of OpenClaw that read
 * `sessions.json`. The back end is closed when this rejects. `system` is the seam: tests hand in one
 * of their own.
 */
export async function openMirrored<E extends Entry = Entry>(
  backend: Backend,
  options: StoreOptions & { instance: string },
  settings: MirrorSettings,
  system: System = realSystem,
): Promise<Store<E>> {
  try {
    const mirror = await openMirror(backend, options, settings, system);
    const store = await storeOver<E>(backend, options, { companion: mirror });
    // Only now: a store of the same name that was open here has let go of the writer's lock.
    await mirror.start();
    return store;
  } catch (cause) {
    await backend.close();
    throw cause;
  }
}

/** The mirror alone, not started; the back end stays the caller's. */
export async function openMirror(
  backend: Backend,
  options: StoreOptions,
  settings: MirrorSettings,
  system: System = realSystem,
): Promise<Mirror> {
  const { onWarning, instance } = storeSettings(options);
  const root = backend.location;
  const fs = system.confine?.(system.fs, root) ?? system.fs;
  const { host, pid } = system.machine;
  const { mainKey } = await surveyStateDir(fs, root);
  return Mirror.open(
    {
      backend,
      system: { ...system, fs },
      processes: realNeighbours.processes,
      root,
      mainKey,
      transcriptPathOf: transcriptPathIn(system, root),
      holder: { host, pid, ...(instance !== undefined && { instance }) },
      warn: onWarning,
    },
    settings,
  );
}

/** Where the store itself looks for a transcript. */
function transcriptPathIn({ fs }: System, root: string): TranscriptPathOf {
  return (key, sessionId, entry) => {
    const paths = agentPaths(root, agentFolder(agentOf(key)));
    const directory = join(paths.sessions, sessionFolder(key));
    return transcriptPlace(fs, { directory, agent: { paths } }, sessionId, entry).path;
  };
}
