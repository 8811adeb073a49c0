import type { TurnAsk, TurnGrant } from '../../contract/backend.ts';
import type { FormerTurn } from '../../model/state.ts';
import { newState } from './commit-entry.ts';
import { commitLine, createLog } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import { HeldTurn } from './held-turn.ts';
import { ioError } from './io-error.ts';
import type { LoggedTurn } from './log-line.ts';
import { formerOf, type LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';
import { shownState } from './shown-state.ts';
import { removeTurnLock, takeTurnLock } from './turn-lock.ts';

/**
 * Runs inside the session, whose turn is free, cut off, or taken away from its holder: the next
 * fence, its lock, and the line that makes it count.
 */
export async function grantTurn(
  context: FilesContext,
  session: SessionFiles,
  ask: TurnAsk,
  before: (LoggedTurn & Pick<FormerTurn, 'ended'>) | undefined,
): Promise<TurnGrant> {
  const { system } = context;
  const state =
    session.state ?? (await createLog(context, session, newState(context, Object.freeze({}))));
  const turn: LoggedTurn = Object.freeze({
    fence: state.fence + 1,
    holder: Object.freeze({ ...ask.holder }),
    ...(ask.label !== undefined && { label: ask.label }),
    startedAt: system.clock.now(),
  });
  const former: FormerTurn | undefined = before
    ? Object.freeze({ ...formerOf(before), ended: before.ended })
    : state.former;
  let fd: number;
  try {
    fd = takeTurnLock(system, session.directory, turn.fence, turn);
  } catch (cause) {
    throw ioError(cause, 'lock a turn', session.key);
  }
  const { former: _former, ...rest } = state;
  const next: LogState = { ...rest, fence: turn.fence, turn, ...(former && { former }) };
  const line = JSON.stringify({ turn, ...(former && { former }) });
  try {
    await commitLine(context, session, next, line.slice(0, -1), 'turn');
  } catch (cause) {
    removeTurnLock(system, session.directory, turn.fence);
    system.fs.closeSync(fd);
    throw cause;
  }
  session.turn?.lose('overtaken');
  if (before) removeTurnLock(system, session.directory, before.fence);
  session.turn = new HeldTurn(system, ask, turn.fence, next.sessionId, fd);
  return {
    fence: turn.fence,
    startedAt: turn.startedAt,
    state: shownState(context, session, next),
    ...(former && { previous: former }),
  };
}
