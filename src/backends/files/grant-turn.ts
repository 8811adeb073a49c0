import type { TurnAsk, TurnGrant } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
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
import { orUndoCreation } from './undo-creation.ts';

/** Larger: no more than that can be in the way. Smaller: some who look at leftovers stop a turn. */
const PASSED_MAX = 64;

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
  const { state } = session;
  if (state) return grantIn(context, session, state, ask, before);
  const created = createLog(context, session, newState(context, Object.freeze({})));
  return orUndoCreation(context, session, created, (first) =>
    grantIn(context, session, first, ask, before),
  );
}

async function grantIn(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
  ask: TurnAsk,
  before: (LoggedTurn & Pick<FormerTurn, 'ended'>) | undefined,
): Promise<TurnGrant> {
  const { system } = context;
  const { turn, fd } = lockNext(
    context,
    session,
    Math.max(state.fence, session.fenceBefore) + 1,
    ask,
  );
  const former: FormerTurn | undefined = before
    ? Object.freeze({ ...formerOf(before), ended: before.ended })
    : state.former;
  const { former: _former, ...rest } = state;
  const next: LogState = { ...rest, fence: turn.fence, turn, ...(former && { former }) };
  const line = JSON.stringify({ turn, ...(former && { former }) });
  const holder = `${JSON.stringify(turn)}\n`;
  try {
    await context.disk.append(fd, holder, Buffer.byteLength(holder));
    await commitLine(context, session, next, line.slice(0, -1), 'turn');
  } catch (cause) {
    removeTurnLock(system, session.directory, turn.fence);
    system.fs.closeSync(fd);
    throw cause;
  }
  session.turn?.lose('overtaken');
  if (before) removeTurnLock(system, session.directory, before.fence);
  session.fenceBefore = turn.fence;
  session.turn = new HeldTurn(system, ask, turn.fence, next.sessionId, fd);
  return {
    fence: turn.fence,
    startedAt: turn.startedAt,
    state: shownState(context, session, next),
    ...(former && { previous: former }),
  };
}

/**
 * The lock of the next turn. A number whose lock is held is passed over: its file was left by a
 * process that died before its commit, and somebody is looking at it.
 */
function lockNext(
  context: FilesContext,
  session: SessionFiles,
  first: number,
  ask: TurnAsk,
): { turn: LoggedTurn; fd: number } {
  const { system } = context;
  const holder = Object.freeze({ ...ask.holder });
  const label = ask.label === undefined ? {} : { label: ask.label };
  const startedAt = system.clock.now();
  for (let fence = first; fence < first + PASSED_MAX; fence++) {
    const turn: LoggedTurn = Object.freeze({ fence, holder, ...label, startedAt });
    try {
      const fd = takeTurnLock(system, session.directory, fence);
      if (fd !== undefined) return { turn, fd };
    } catch (cause) {
      throw ioError(cause, 'lock a turn', session.key);
    }
  }
  throw new HoldfastError(
    'IO_FAILED',
    `Turns ${first} to ${first + PASSED_MAX - 1} of session ${JSON.stringify(session.key)} are locked though none of them has begun. Something else locks files in ${session.directory}.`,
    { key: session.key },
  );
}
