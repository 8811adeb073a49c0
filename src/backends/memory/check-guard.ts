import type { Guard } from '../../contract/backend.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { HeldSession } from './held-session.ts';
import { gone } from './memory-data.ts';
import type { TurnPlace } from './turn-place.ts';

/** Refuses a commit whose preconditions the latest state does not meet. */
export function checkGuard(
  key: string,
  session: HeldSession | undefined,
  place: TurnPlace,
  guard: Guard,
): void {
  const { ifRev, ifSessionId, ifExists, fence } = guard;
  if (fence !== undefined && place.runningFence !== fence) throw lost(key, fence);
  if (!session) {
    if (ifExists || ifSessionId !== undefined || (ifRev ?? 0) > 0) throw gone(key);
    return;
  }
  const { sessionId } = session.conversation;
  if (ifSessionId !== undefined && sessionId !== ifSessionId) {
    const what = `Session ${JSON.stringify(key)} is now ${sessionId}, not ${ifSessionId}`;
    throw new HoldfastError('SESSION_CHANGED', `${what}: it was reset or restored meanwhile.`, {
      key,
    });
  }
  if (ifRev !== undefined && session.rev !== ifRev) {
    const what = `Session ${JSON.stringify(key)} has revision ${session.rev}, not ${ifRev}`;
    throw new HoldfastError('REV_CONFLICT', `${what}. Read it again and decide anew.`, { key });
  }
}

function lost(key: string, fence: number): HoldfastError {
  return new HoldfastError(
    'TURN_LOST',
    `Turn ${fence} of session ${JSON.stringify(key)} is over: it ended, was overtaken, or the session was reset or removed.`,
    { key },
  );
}
