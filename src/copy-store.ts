/** What `holdfast/copy` offers. */
import type { Backend } from './contract/backend.ts';
import type { StoreOptions, Warning } from './contract/store.ts';
import { copyInto } from './copy/copy-into.ts';
import type { CopyProgress, CopyReport } from './copy/copy-report.ts';
import { ERROR_CODES, type ErrorCode, HoldfastError } from './model/errors.ts';
import { openBackend } from './open-backend.ts';
import { aFunction, checkOptions, signal, text, whole } from './store/check-options.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';
import { type StorePlace, storePlace } from './store-place.ts';

export type { CopyProblem, CopyProgress, CopyReport } from './copy/copy-report.ts';

export interface CopyOptions extends Pick<StoreOptions, 'durability' | 'lockWaitMs' | 'onWarning'> {
  /** Sessions that are copied side by side. Default 4. */
  parallel?: number;
  /** Only the sessions of this agent. */
  agentId?: string;
  /** Ends the copy with its reason; copying again goes on where it ended. */
  signal?: AbortSignal;
  /** Called at each record and each session. */
  onProgress?: (progress: CopyProgress) => void;
}

const CHECKS = { parallel: whole(1, 100), agentId: text(1_024), signal, onProgress: aFunction };
const PARALLEL = 4;

/**
 * Copies every session of a store into another one, of whatever back ends: entries with their
 * revisions and times, archives, transcripts. The source is only read. Each session is compared by
 * its checksum after it was written.
 *
 * Copying again goes on where a run ended that was killed, and takes what has changed in the source
 * since. A session of the target that is another one is reported as a conflict and left alone. One
 * that changes while it is copied is copied again, a few times. Running turns are not copied, nor are
 * `sessionFile` fields: each store decides where its transcripts lie.
 *
 * What could not be copied is in the report and stops nothing else. Rejects with `SESSION_BUSY` while
 * another process copies the same, `IO_FAILED` or `STORE_UNSUPPORTED` when there is no source, and as
 * `openStore` does.
 */
export async function copyStore(
  from: string | URL,
  to: string | URL,
  options: CopyOptions = {},
): Promise<CopyReport> {
  const { parallel = PARALLEL, agentId, signal, onProgress, ...rest } = options;
  checkOptions({ parallel, agentId, signal, onProgress }, CHECKS, 'copyStore');
  const settings = storeSettings(rest);
  const instance = realSurroundings.newInstance();
  const { host, pid } = realSurroundings;
  const holder = { host, pid, instance };
  const damaged = new Damaged(settings.onWarning);
  const source = await openBackend(
    storePlace(from),
    { ...settings, instance, onWarning: (warning) => damaged.take(warning) },
    true,
  );
  return closing(source, async () => {
    const target = await openTarget(storePlace(to), source, { ...settings, instance });
    return closing(target, async () =>
      damaged.added(
        await copyInto(source, target, { holder, parallel, agentId, signal, onProgress }),
      ),
    );
  });
}

async function openTarget(
  place: StorePlace,
  source: Backend,
  settings: Parameters<typeof openBackend>[1],
): Promise<Backend> {
  const target = await openBackend(place, settings);
  if (target.kind !== source.kind || target.location !== source.location) return target;
  await target.close();
  throw new HoldfastError('INVALID_ENTRY', 'A store can not be copied into itself.');
}

async function closing<T>(backend: Backend, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await backend.close();
  }
}

/** What the source could not read of a session but for which it gave the rest of it. */
class Damaged {
  readonly #problems = new Map<string, { key: string; code: ErrorCode; message: string }>();
  readonly #tell: (warning: Warning) => void;

  constructor(tell: (warning: Warning) => void) {
    this.#tell = tell;
  }

  take(warning: Warning): void {
    this.#tell(warning);
    const { key, code, message } = warning;
    if (key === undefined || !Object.hasOwn(ERROR_CODES, code)) return;
    this.#problems.set(message, { key, code: code as ErrorCode, message });
  }

  added(report: CopyReport): CopyReport {
    const problems = [...report.problems, ...this.#problems.values()];
    return { ...report, ok: problems.length === 0, problems };
  }
}
