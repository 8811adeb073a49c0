import { HoldfastError } from '../../model/errors.ts';
import { within } from './layout.ts';
import type { LogDamage } from './log-replay.ts';
import type { SessionFiles } from './session-files.ts';

/** `ENTRY_DAMAGED`, with the place of the damage and the last state that decoded. */
export function damagedLog(root: string, { key, log }: SessionFiles): HoldfastError {
  const { from, to, reason } = log.damage as LogDamage;
  return new HoldfastError(
    'ENTRY_DAMAGED',
    `The metadata of session ${JSON.stringify(key)} is damaged: ${within(root, log.path)}, bytes ${from} to ${to}: ${reason}. Run holdfast repair; the damaged bytes are kept.`,
    { key, lastGood: log.state },
  );
}

/** Who may hold a session that did not become free: the kernel names nobody. */
export function holderText(root: string, { log, agent }: SessionFiles): string {
  const turn = log.state?.turn;
  const who = turn
    ? `its running turn belongs to ${turn.holder.instance} (pid ${turn.holder.pid} on ${turn.holder.host})`
    : 'no turn is running in it';
  return `another process works on its files; ${who}; live stores are named in ${within(root, agent.paths.changes)}/*.lock`;
}

/** A session was removed, and nobody knows whether that survives a power loss. */
export function endNotSynced(key: string, cause: unknown): HoldfastError {
  return new HoldfastError(
    'OUTCOME_UNKNOWN',
    `Session ${JSON.stringify(key)} was removed, but the sync failed (${(cause as Error).message}): after a power loss it may be there again.`,
    { key, cause },
  );
}

/** A session was made for a call that failed then, and it could not be taken back. */
export function notTakenBack(key: string, cause: unknown, taking: unknown): HoldfastError {
  return new HoldfastError(
    'OUTCOME_UNKNOWN',
    `A call on session ${JSON.stringify(key)} failed (${(cause as Error).message}) after it had made the session, and that could not be taken back (${(taking as Error).message}). Read it to see what is there.`,
    { key, cause },
  );
}

/** A log that is gone again at every look: something keeps replacing the directory. */
export function vanishedLog(key: string, directory: string, looks: number): HoldfastError {
  return new HoldfastError(
    'IO_FAILED',
    `The metadata log of session ${JSON.stringify(key)} vanished ${looks} times while it was read. Look at ${directory}.`,
    { key },
  );
}
