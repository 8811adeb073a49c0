import { pause } from '../../system/timers.ts';
import { commitLine } from './commit-line.ts';
import type { FilesContext } from './files-context.ts';
import type { LoggedTurn } from './log-line.ts';
import { formerOf, type LogState } from './log-state.ts';
import type { SessionFiles } from './session-files.ts';
import { isTurnAlive, removeTurnLock } from './turn-lock.ts';

const POLL_MS = 10;

/** Whether a turn that the log shows still has its process. */
export function isRunning(context: FilesContext, session: SessionFiles, turn: LoggedTurn): boolean {
  return (
    session.turn?.fence === turn.fence || isTurnAlive(context.system, session.directory, turn.fence)
  );
}

/** Runs inside the session: asks a running turn to stop, once. */
export async function askToStop(
  context: FilesContext,
  session: SessionFiles,
  turn: LoggedTurn,
  reason: string,
): Promise<void> {
  const state = session.state as LogState;
  if (!turn.interrupted) {
    const interrupted = Object.freeze({ at: context.system.clock.now(), reason });
    const line = JSON.stringify({ interrupt: { fence: turn.fence, ...interrupted } });
    const next: LogState = { ...state, turn: Object.freeze({ ...turn, interrupted }) };
    await commitLine(context, session, next, line.slice(0, -1), 'turn');
  }
  session.turn?.interrupt(reason);
}

/** Ends a turn of this store. A turn that was lost meanwhile is no error. */
export async function endTurn(
  context: FilesContext,
  session: SessionFiles,
  fence: number,
): Promise<void> {
  const held = session.turn;
  if (held?.fence !== fence) return;
  try {
    await session.exclusive(() => endInside(context, session, fence, false), { create: false });
  } finally {
    // Whatever the log says, the kernel's lock is free from here on: the next one may begin.
    held.drop();
    if (session.turn === held) session.turn = undefined;
  }
}

async function endInside(
  context: FilesContext,
  session: SessionFiles,
  fence: number,
  overtaken: boolean,
): Promise<void> {
  const { state } = session;
  if (!state || state.turn?.fence !== fence) return;
  if (!overtaken && session.runningFence(state) !== fence) return;
  const { turn, former, ...rest } = state;
  const next: LogState = overtaken
    ? { ...rest, former: Object.freeze({ ...formerOf(turn), ended: 'overtaken' }) }
    : rest;
  const line = overtaken ? `{"ended":${fence},"overtaken":true` : `{"ended":${fence}`;
  await commitLine(context, session, next, line, 'turn');
  removeTurnLock(context.system, session.directory, fence);
}

/** Asks the running turn to stop; when its grace is over it is lost. `false`: none was running. */
export async function interruptTurn(
  context: FilesContext,
  session: SessionFiles,
  { graceMs, reason }: { graceMs: number; reason: string },
): Promise<boolean> {
  const { clock, timers } = context.system;
  const fence = await session.exclusive(
    async () => {
      const turn = session.state?.turn;
      if (!turn || !isRunning(context, session, turn)) return undefined;
      await askToStop(context, session, turn, reason);
      return turn.fence;
    },
    { create: false },
  );
  if (fence === undefined) return false;
  const until = clock.elapsed() + graceMs;
  while (clock.elapsed() < until) {
    const turn = (await session.look())?.turn;
    if (turn?.fence !== fence || !isRunning(context, session, turn)) return true;
    await pause(timers, POLL_MS);
  }
  await session.exclusive(() => endInside(context, session, fence, true), { create: false });
  if (session.turn?.fence === fence) session.loseTurn('overtaken');
  return true;
}
