import { HoldfastError } from '../model/errors.ts';
import type { Guard } from './backend.ts';

/** What a guard is checked against: the latest state, inside the commit. */
export interface GuardedState {
  readonly rev: number;
  readonly sessionId: string;
}

/**
 * Refuses a commit whose preconditions the latest state does not meet. `runningFence` is the fence
 * of the turn that may write, `undefined` when none runs.
 */
export function checkGuard(
  key: string,
  state: GuardedState | undefined,
  runningFence: number | undefined,
  guard: Guard,
): void {
  const { ifRev, ifSessionId, ifExists, fence } = guard;
  if (fence !== undefined && runningFence !== fence) throw turnLost(key, fence);
  if (!state) {
    if (ifExists || ifSessionId !== undefined || (ifRev ?? 0) > 0) throw sessionGone(key);
    return;
  }
  if (ifSessionId !== undefined && state.sessionId !== ifSessionId) {
    throw new HoldfastError(
      'SESSION_CHANGED',
      `Session ${JSON.stringify(key)} is now ${state.sessionId}, not ${ifSessionId}: it was reset or restored meanwhile.`,
      { key },
    );
  }
  if (ifRev !== undefined && state.rev !== ifRev) {
    throw new HoldfastError(
      'REV_CONFLICT',
      `Session ${JSON.stringify(key)} has revision ${state.rev}, not ${ifRev}. Read it again and decide anew.`,
      { key },
    );
  }
}

/** Whether a commit under this guard may bring a session into being. */
export function mayCreate({ ifRev, ifSessionId, ifExists, fence }: Guard): boolean {
  return !ifExists && ifSessionId === undefined && fence === undefined && !((ifRev ?? 0) > 0);
}

export function sessionGone(key: string): HoldfastError {
  return new HoldfastError(
    'SESSION_GONE',
    `There is no session ${JSON.stringify(key)}. Nothing was written; create it with an update or an append.`,
    { key },
  );
}

export function turnLost(key: string, fence: number): HoldfastError {
  return new HoldfastError(
    'TURN_LOST',
    `Turn ${fence} of session ${JSON.stringify(key)} is over: it ended, was overtaken, or the session was reset or removed.`,
    { key },
  );
}

/** `INVALID_ENTRY` for a conversation that a session is given and has. */
export function conversationTaken(key: string, sessionId: string): HoldfastError {
  return new HoldfastError(
    'INVALID_ENTRY',
    `Session ${JSON.stringify(key)} has a conversation ${JSON.stringify(sessionId)} already. Nothing was changed.`,
    { key },
  );
}
