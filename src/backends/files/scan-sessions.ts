import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { agentOf } from '../../model/session-key.ts';
import type { SessionSummary } from '../../model/state.ts';
import { summaryOf } from '../../model/summary.ts';
import type { AgentFiles } from './agent-files.ts';
import type { FilesContext } from './files-context.ts';
import { ioError, isMissing } from './io-error.ts';
import { type FolderKey, keyOfFolder } from './key-of-folder.ts';
import { isSessionFolder, sessionFolder } from './layout.ts';
import { SessionLog } from './session-log.ts';
import { Slices } from './slices.ts';

/** One directory of a scan: a row, or a key that has to be looked at again, or nothing to show. */
export interface Scanned {
  folder: string;
  key?: string;
  summary?: SessionSummary;
  problem?: HoldfastError;
  /** Nobody knows what is in it: it has to be looked at again. */
  unread?: true;
}

/** Looks at every directory of an agent's sessions, in slices. */
export async function* scanSessions(
  context: FilesContext,
  agent: AgentFiles,
): AsyncGenerator<Scanned> {
  const slices = new Slices(context.system);
  let names: string[];
  try {
    names = context.system.fs.readdirSync(agent.paths.sessions);
  } catch (cause) {
    if (isMissing(cause)) return;
    throw ioError(cause, 'list the sessions');
  }
  for (const folder of names) {
    if (slices.due) await slices.rest();
    if (!isSessionFolder(folder)) continue;
    const scanned = await scanOne(context, agent, folder);
    if (scanned.problem) {
      const { code, message } = scanned.problem;
      context.warn({ code, ...(scanned.key !== undefined && { key: scanned.key }), message });
    }
    yield scanned;
  }
}

function unreadable(folder: string): HoldfastError {
  return new HoldfastError(
    'ENTRY_DAMAGED',
    `The log in ${folder} is damaged, and nothing there tells whose it is. It can not be listed; run holdfast verify.`,
  );
}

async function scanOne(context: FilesContext, agent: AgentFiles, folder: string): Promise<Scanned> {
  const directory = join(agent.paths.sessions, folder);
  let found: FolderKey;
  try {
    found = keyOfFolder(context.system.fs, directory, folder);
  } catch (cause) {
    return { folder, unread: true, problem: ioError(cause, `look into ${folder}`) };
  }
  if (found === 'none') return { folder };
  if (found === 'unreadable') return { folder, problem: unreadable(folder) };
  const { key } = found;
  if (sessionFolder(key) !== folder) {
    const problem = new HoldfastError(
      'ENTRY_DAMAGED',
      `The directory ${folder} holds the log of ${JSON.stringify(key)}, which belongs elsewhere. Run holdfast verify.`,
      { key },
    );
    return { folder, key, problem };
  }
  const log = new SessionLog(context.system, key, directory, (hash) => agent.blobs.read(hash));
  try {
    while (!log.refresh()) await log.catchUp();
    // A line that is being written now may be a commit: the session is looked at again.
    if (log.damage || log.fileSize > log.size) return { folder, key };
    if (!log.state || log.state.removed) return { folder };
    return { folder, key, summary: summaryOf({ key, agentId: agentOf(key), ...log.state }) };
  } catch (cause) {
    return { folder, key, problem: ioError(cause, 'read', key) as HoldfastError };
  } finally {
    log.close();
  }
}
