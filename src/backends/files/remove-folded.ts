import { basename } from 'node:path';
import { syncDirectory } from '../../system/sync-directory.ts';
import type { FilesContext } from './files-context.ts';
import { LOG_NAME } from './layout.ts';
import type { SessionFiles } from './session-files.ts';
import { discard } from './write-whole.ts';

/** Removes a generation of a log that was folded into a later one, which is whole and in its place. */
export function removeFolded(
  context: FilesContext,
  session: SessionFiles,
  path: string,
): Promise<undefined> {
  const inside = async () => {
    const { log } = session;
    const generation = Number(LOG_NAME.exec(basename(path))?.[1]);
    if (log.damage || log.state === undefined || !(generation < log.generation)) return undefined;
    // Its successor's name has to be on the disk first.
    await context.system.fs.fsync(log.fd);
    await syncDirectory(context.system, session.directory);
    await discard(context.system, path);
    return undefined;
  };
  return session.exclusive(inside, { create: false });
}
