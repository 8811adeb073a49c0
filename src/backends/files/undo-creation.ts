import { join } from 'node:path';
import type { FilesContext } from './files-context.ts';
import { transcriptName } from './layout.ts';
import type { LogState } from './log-state.ts';
import { notTakenBack } from './session-errors.ts';
import type { SessionFiles } from './session-files.ts';
import { discard } from './write-whole.ts';

/**
 * The rest of a verb that had to make its session first. When it fails there is no session either:
 * a call that was refused has changed nothing. Runs inside the session.
 */
export async function orUndoCreation<T>(
  context: FilesContext,
  session: SessionFiles,
  created: LogState | Promise<LogState>,
  rest: (first: LogState) => T | Promise<T>,
): Promise<T> {
  const first = await created;
  try {
    return await rest(first);
  } catch (cause) {
    await undo(context, session, first, cause);
    throw cause;
  }
}

/** A log without a whole line counts as no session; the next writer goes on from there. */
async function undo(
  context: FilesContext,
  session: SessionFiles,
  { sessionId }: LogState,
  cause: unknown,
): Promise<void> {
  try {
    context.system.fs.ftruncateSync(session.log.fd, 0);
  } catch (taking) {
    throw notTakenBack(session.key, cause, taking);
  }
  // It may have begun already; nobody has heard of its conversation.
  await discard(context.system, join(session.directory, transcriptName(sessionId)));
  session.forget();
}
