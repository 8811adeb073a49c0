/**
 * From asking for a turn to having it. Each try is one statement; between two tries one waits until
 * something is said about the session, the lease of the running turn ends, the grace of an
 * interrupted one is over, or a pause has passed.
 */
import type { TurnAsk, TurnGrant } from '../../contract/backend.ts';
import { busyWithTurn } from '../../contract/busy-with-turn.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { PostgresContext } from './context.ts';
import { createSession } from './create-session.ts';
import type { HeldTurns } from './held-turns.ts';
import type { Listener } from './listener.ts';
import { readState } from './read-state.ts';
import { formerOf, type Row } from './session-row.ts';
import { type TurnCalls, waiterMs } from './turn-calls.ts';
import type { WakeUps } from './wake-ups.ts';

/** Longest pauses between two looks, where releases are heard of and where they are not. */
const HEARD_MS = 1_000;
const DEAF_MS = 100;
/** So many looks are made before a waiter is taken for gone. */
const LOOKS = 4;

export interface TurnParts {
  readonly context: PostgresContext;
  readonly calls: TurnCalls;
  readonly held: HeldTurns;
  readonly wakeUps: WakeUps;
  readonly listener: Listener;
}

/** The turn that this one asked to stop, and since when. */
interface Pressed {
  fence: number;
  since: number;
}

export async function waitForTurn(
  parts: TurnParts,
  key: string,
  ask: TurnAsk,
  waiter: string,
): Promise<TurnGrant> {
  const { context, calls, wakeUps } = parts;
  const { world } = context;
  const since = world.elapsed();
  hears(parts);
  let pressed: Pressed | undefined;
  for (;;) {
    ask.signal?.throwIfAborted();
    refuseClosed(context, key);
    // From before the try on, so that nothing is missed between it and the wait.
    const wait = wakeUps.watch(key, ask.signal);
    try {
      const sentAt = world.elapsed();
      const row = await calls.begin(key, ask, waiter);
      if (!row) {
        await createSession(context, key, { entry: {} });
        continue;
      }
      if (row.granted === 't') return await granted(parts, key, ask, row, sentAt);
      const waited = world.elapsed() - since;
      if (waited >= ask.waitMs) {
        const turn = (await readState(context, key))?.turn;
        throw busyWithTurn(key, turn, Math.round(waited));
      }
      pressed = await pressFirst(parts, key, ask, row, pressed);
      await wait.until(Math.min(pauseMs(parts, row, pressed, ask), ask.waitMs - waited));
    } finally {
      wait.leave();
    }
  }
}

/** Only the first of those that wait asks the running turn to stop, and overtakes it in the end. */
async function pressFirst(
  parts: TurnParts,
  key: string,
  { interrupt }: TurnAsk,
  row: Row,
  pressed: Pressed | undefined,
): Promise<Pressed | undefined> {
  if (!interrupt || row.head !== 't' || row.running === null) return pressed;
  const fence = Number(row.running);
  const now = parts.context.world.elapsed();
  if (pressed?.fence === fence && now - pressed.since >= interrupt.graceMs) {
    await overtake(parts, key, fence);
    return undefined;
  }
  if (pressed?.fence === fence) return pressed;
  await press(parts, key, interrupt.reason);
  return { fence, since: parts.context.world.elapsed() };
}

function pauseMs(
  parts: TurnParts,
  row: Row,
  pressed: Pressed | undefined,
  { interrupt }: TurnAsk,
): number {
  const pause = lookAgainMs(parts);
  // Nothing runs, or it was just overtaken: the next try may have it.
  if (row.running === null || (interrupt && row.head === 't' && !pressed)) {
    return row.head === 't' ? 0 : pause;
  }
  const lease = Number(row.remaining_ms) + 1;
  if (!pressed || !interrupt) return Math.min(pause, lease);
  const grace = pressed.since + interrupt.graceMs - parts.context.world.elapsed();
  return Math.min(pause, lease, Math.max(0, grace));
}

async function granted(
  { context, calls, held }: TurnParts,
  key: string,
  ask: TurnAsk,
  row: Row,
  sentAt: number,
): Promise<TurnGrant> {
  const fence = Number(row.fence);
  // Whoever held it in this process is told before anyone gets in.
  held.lostBefore(key, fence, 'overtaken');
  held.add(key, fence, ask, sentAt);
  const previous = formerOf(row.former);
  try {
    const state = await readState(context, key);
    if (!state) {
      throw new HoldfastError(
        'SESSION_GONE',
        `Session ${JSON.stringify(key)} was removed while its turn began. Ask again.`,
        { key },
      );
    }
    const startedAt = Number(row.started_at);
    return { fence, startedAt, state, ...(previous && { previous }) };
  } catch (error) {
    held.remove(fence);
    await calls.giveBack(key, fence);
    throw error;
  }
}

/** Asks the running turn to stop; its fence, or nothing when none is running. */
export async function press(
  { calls, held }: TurnParts,
  key: string,
  reason: string,
): Promise<number | undefined> {
  const fence = await calls.interrupt(key, reason);
  if (fence !== undefined) held.interrupted(fence, reason);
  return fence;
}

/** Takes the turn away from whoever holds it, if it is still that one. */
export async function overtake(
  { calls, held, wakeUps }: TurnParts,
  key: string,
  fence: number,
): Promise<void> {
  if (!(await calls.overtake(key, fence))) return;
  held.lost(fence, 'overtaken');
  wakeUps.wake(key);
}

/**
 * Begins to hear of releases, where that is possible. Nobody waits for it: until it hears, looking
 * does as well, and a turn that is free needs neither.
 */
export function hears({ context, listener }: TurnParts): void {
  // What is wrong with the server is told by the statement that follows, if it still is.
  listener.listen([context.tables.turnCalls]).catch(() => undefined);
}

export function refuseClosed({ connections }: PostgresContext, key: string): void {
  if (!connections.closed) return;
  throw new HoldfastError('STORE_CLOSED', 'The store was closed.', { key });
}

/** How long one may wait before one looks again. */
export function lookAgainMs({ context, listener }: TurnParts): number {
  const pause = listener.listening ? HEARD_MS : DEAF_MS;
  return Math.min(pause, waiterMs(context.settings.leaseMs) / LOOKS);
}
