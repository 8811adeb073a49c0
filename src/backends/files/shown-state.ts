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

/** A state as callers get it: frozen, and nothing in it is of the back end's own making. */
export function shownState(
  context: FilesContext,
  session: SessionFiles,
  state: LogState,
): SessionState {
  const { key, agentId } = session;
  const { rev, sessionId, entry, createdAt, updatedAt, turn } = state;
  return turn === undefined
    ? Object.freeze({ key, agentId, rev, sessionId, entry, createdAt, updatedAt })
    : Object.freeze({
        key,
        agentId,
        rev,
        sessionId,
        entry,
        turn: shownTurn(context, session, turn),
        createdAt,
        updatedAt,
      });
}
