import type { SessionState, TurnState } from '../../model/state.ts';
import type { FilesContext } from './files-context.ts';
import { isRunning } from './interrupt-turn.ts';
import type { LoggedTurn } from './log-line.ts';
import type { LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';

/** A turn with what the kernel says of its process. */
export function shownTurn(
  context: FilesContext,
  session: SessionFiles,
  turn: LoggedTurn,
): TurnState {
  const status = isRunning(context, session, turn) ? 'running' : 'cut-off';
  return Object.freeze({ ...turn, status });
}

/** A state as callers get it: an object of its own, whose entry is frozen. */
export function shownState(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
): SessionState {
  const { key, agentId } = session;
  const { rev, sessionId, entry, createdAt, updatedAt, turn } = state;
  // Made anew for every caller; freezing it as well would cost as much as the commit's read.
  const shown: SessionState = { key, agentId, rev, sessionId, entry, createdAt, updatedAt };
  if (turn !== undefined) shown.turn = shownTurn(context, session, turn);
  return shown;
}
