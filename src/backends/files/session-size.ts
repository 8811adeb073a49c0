/** `size`: what the files of one session take, without reading them. */
import { join } from 'node:path';
import type { SessionSize } from '../../contract/store.ts';
import { isHoldfastError } from '../../model/errors.ts';
import { readArchive, transcriptBytes } from './archive-files.ts';
import type { FilesContext } from './files-context.ts';
import { ioError, isMissing } from './io-error.ts';
import { ARCHIVE_NAME, LOG_NAME, transcriptName } from './layout.ts';
import { vanishedLog } from './session-errors.ts';
import type { SessionFiles } from './session-files.ts';

/** How often a session may be removed while it is looked at. */
const LOOKUPS_MAX = 100;

/** Bytes of one session. Nothing when there is none. */
export async function sessionSize(
  context: FilesContext,
  session: SessionFiles,
): Promise<SessionSize | undefined> {
  for (let look = 0; look < LOOKUPS_MAX; look++) {
    const state = await session.look();
    if (!state) return undefined;
    const files = await filesOf(context, session);
    if (!files) continue;
    const { sessionId, entry } = state;
    const transcript = transcriptBytes(context, session, sessionId, entry);
    const archives = await archivedBytes(context, session, files, sessionId);
    return { metadata: logBytes(files), transcript, archives };
  }
  throw vanishedLog(session.key, session.directory, LOOKUPS_MAX);
}

async function archivedBytes(
  context: FilesContext,
  session: SessionFiles,
  files: ReadonlyMap<string, number>,
  active: string,
): Promise<number> {
  let bytes = 0;
  for (const [name, size] of files) {
    const id = ARCHIVE_NAME.exec(name)?.[1];
    // A file for the active conversation is what a crash leaves, and counts for nothing.
    if (id === undefined || id === active) continue;
    bytes += size + (files.get(transcriptName(id)) ?? (await elsewhere(context, session, id)));
  }
  return bytes;
}

function logBytes(files: ReadonlyMap<string, number>): number {
  return [...files].reduce((sum, [name, size]) => (LOG_NAME.test(name) ? sum + size : sum), 0);
}

/** Names and bytes of what lies in the directory; nothing when it is not there any more. */
async function filesOf(
  { system }: FilesContext,
  { key, directory }: SessionFiles,
): Promise<Map<string, number> | undefined> {
  const files = new Map<string, number>();
  let names: string[];
  try {
    names = (await system.fs.readdir(directory)).map(({ name }) => name);
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw ioError(cause, 'look into the directory', key);
  }
  for (const name of names) {
    try {
      const facts = await system.fs.lstat(join(directory, name));
      if (facts.isFile()) files.set(name, facts.size);
    } catch (cause) {
      // Folded or restored meanwhile.
      if (!isMissing(cause)) throw ioError(cause, 'look at a file', key);
    }
  }
  return files;
}

/** A transcript that another program has left where it was, or one in which nothing was said. */
async function elsewhere(
  context: FilesContext,
  session: SessionFiles,
  sessionId: string,
): Promise<number> {
  try {
    const { entry } = await readArchive(context, session, sessionId);
    return transcriptBytes(context, session, sessionId, entry);
  } catch (cause) {
    // Restored meanwhile, or damaged, which `archives` and `verify` tell.
    const isTold = isHoldfastError(cause) && /^(SESSION_GONE|ENTRY_DAMAGED)$/.test(cause.code);
    if (isTold) return 0;
    throw cause;
  }
}
