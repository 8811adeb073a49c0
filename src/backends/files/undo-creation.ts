import type { FilesContext } from './files-context.ts';
import type { LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';

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
    undo(context, session);
    throw cause;
  }
}

/** A log without a whole line counts as no session; the next writer goes on from there. */
function undo(context: FilesContext, session: SessionFiles): void {
  try {
    context.system.fs.ftruncateSync(session.log.fd, 0);
  } catch (cause) {
    context.warn({
      code: 'IO_FAILED',
      key: session.key,
      message: `The call was refused, but the empty session that it had made stays: ${(cause as Error).message}.`,
    });
  }
  session.forget();
}
