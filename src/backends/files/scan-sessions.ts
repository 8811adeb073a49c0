import { join } from 'node:path';
import { HoldfastError } from '../../model/errors.ts';
import { agentOf } from '../../model/session-key.ts';
import type { SessionSummary } from '../../model/state.ts';
import { summaryOf } from '../../model/summary.ts';
import { OPEN } from '../../system/file-system.ts';
import type { AgentFiles } from './agent-files.ts';
import type { FilesContext } from './files-context.ts';
import { ioError, isMissing } from './io-error.ts';
import { isSessionFolder, LOG_NAME, logName, sessionFolder } from './layout.ts';
import { decodeLine } from './log-line.ts';
import { SessionLog } from './session-log.ts';
import { Slices } from './slices.ts';

/** One directory of a scan: a row, or a key that has to be looked at again, or nothing to show. */
export interface Scanned {
  folder: string;
  key?: string;
  summary?: SessionSummary;
  problem?: HoldfastError;
}

const FIRST_LINE_BYTES = 65_536;

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

async function scanOne(context: FilesContext, agent: AgentFiles, folder: string): Promise<Scanned> {
  const directory = join(agent.paths.sessions, folder);
  const key = firstKey(context, directory);
  if (key === undefined) return { folder };
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

/** The key that the newest generation of a log names. Damage shows when the log is read. */
export function firstKey(context: FilesContext, directory: string): string | undefined {
  const { fs } = context.system;
  try {
    if (!fs.lstatSync(directory).isDirectory()) return undefined;
    let newest = 0;
    for (const name of fs.readdirSync(directory)) {
      newest = Math.max(newest, Number(LOG_NAME.exec(name)?.[1] ?? 0));
    }
    if (newest === 0) return undefined;
    const fd = fs.openSync(join(directory, logName(newest)), OPEN.read, 0);
    try {
      const { size } = fs.fstatSync(fd);
      let bytes = Buffer.alloc(Math.min(size, FIRST_LINE_BYTES));
      fs.readSync(fd, bytes, 0, bytes.length, 0);
      if (bytes.indexOf(10) < 0 && size > bytes.length) {
        bytes = Buffer.alloc(size);
        fs.readSync(fd, bytes, 0, size, 0);
      }
      const end = bytes.indexOf(10);
      if (end < 0) return undefined;
      const decoded = decodeLine(bytes.subarray(0, end));
      const key = 'line' in decoded ? decoded.line.key : keyIn(bytes.toString('utf8', 0, end));
      return typeof key === 'string' ? key : undefined;
    } finally {
      fs.closeSync(fd);
    }
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, `look into ${directory}`);
  }
}

/** The key in a first line that does not decode, if that part of it does. */
function keyIn(text: string): string | undefined {
  const match = /^\{"v":\d+,"key":("(?:[^"\\]|\\.)*")/.exec(text);
  if (!match) return undefined;
  try {
    return JSON.parse(match[1] as string) as string;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
