/**
 * Turns: leases in the database.
 *
 *   free ──begin_turn──▶ running ──end_turn──▶ free
 *                        running ──interrupt_turn──▶ running, asked to stop: its holder hears of it
 *                        running ──overtake_turn, reset, restore, remove──▶ free, its holder is told
 *                        running ──its lease runs out──▶ cut off, which the next one learns
 *
 * Whoever finds it running is written down as a waiter. `begin_turn` lets nobody in before those
 * who came earlier and still ask; waiters that interrupt are before the others, and only the first
 * of them presses. Each of these runs under the lock of the session's row.
 */
import type { Backend } from '../../contract/backend.ts';
import { readState } from './read-state.ts';
import {
  hears,
  lookAgainMs,
  overtake,
  press,
  refuseClosed,
  type TurnParts,
  waitForTurn,
} from './wait-for-turn.ts';

export function turns(parts: TurnParts): Pick<Backend, 'beginTurn' | 'endTurn' | 'interrupt'> {
  const { context, calls, held, wakeUps } = parts;
  return {
    async beginTurn(key, ask) {
      const waiter = context.world.newId();
      try {
        return await waitForTurn(parts, key, ask, waiter);
      } catch (error) {
        if (ask.waitMs > 0) await calls.stopWaiting(key, waiter);
        throw error;
      }
    },

    async endTurn(key, fence) {
      held.remove(fence);
      await calls.end(key, fence);
      wakeUps.wake(key);
    },

    interrupt: (key, ask) => interruptTurn(parts, key, ask),
  };
}

/** Resolves once the turn that runs now is over; `graceMs` later it is taken away. */
async function interruptTurn(
  parts: TurnParts,
  key: string,
  { graceMs, reason }: { graceMs: number; reason: string },
): Promise<boolean> {
  const { context, wakeUps } = parts;
  const { world } = context;
  hears(parts);
  const since = world.elapsed();
  const fence = await press(parts, key, reason);
  if (fence === undefined) return false;
  for (;;) {
    const wait = wakeUps.watch(key);
    try {
      const turn = (await readState(context, key))?.turn;
      if (turn?.fence !== fence || turn.status !== 'running') return true;
      const grace = since + graceMs - world.elapsed();
      if (grace <= 0) {
        await overtake(parts, key, fence);
        return true;
      }
      refuseClosed(context, key);
      await wait.until(Math.min(grace, lookAgainMs(parts)));
    } finally {
      wait.leave();
    }
  }
}
