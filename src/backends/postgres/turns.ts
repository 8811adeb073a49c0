/**
 * Turns: leases in the database.
 *
 *   free ──begin_turn──▶ running ──end_turn──▶ free
 *                        running ──interrupt_turn──▶ running, asked to stop: its holder hears of it
 *                        running ──overtake_turn, reset, restore, remove──▶ free, its holder is told
 *                        running ──its lease runs out──▶ cut off, which the next one learns
 *
 * Whoever finds it running is written down as a waiter and tries again when something is said about
 * the session, when the lease ends, or after a pause. `begin_turn` lets nobody in before those who
 * came earlier and still ask; waiters that interrupt are before the others, and only the first of
 * them presses.
 */
import type { Backend, TurnAsk, TurnGrant } from '../../contract/backend.ts';
import { busyWithTurn } from '../../contract/busy-with-turn.ts';
import { HoldfastError } from '../../model/errors.ts';
import type { Statement } from './connections.ts';
import { changed, type PostgresContext } from './context.ts';
import { createSession } from './create-session.ts';
import { escapeText } from './escape-json.ts';
import type { HeldTurns } from './held-turns.ts';
import type { Listener } from './listener.ts';
import { readState } from './read-state.ts';
import { formerOf, jsonb, type Row } from './session-row.ts';
import type { WakeUps } from './wake-ups.ts';

/** Pauses between two tries, where releases are heard of and where they are not. */
const POLL_MS = 1_000;
const DEAF_POLL_MS = 100;
/** A waiter that has not asked for so long is not waited for. */
const WAITER_MS = 4_000;

export interface TurnParts {
  readonly context: PostgresContext;
  readonly held: HeldTurns;
  readonly wakeUps: WakeUps;
  readonly listener: Listener;
}

export function turns(parts: TurnParts): Pick<Backend, 'beginTurn' | 'endTurn' | 'interrupt'> {
  const { context, held, wakeUps } = parts;
  const { tables } = context;
  return {
    async beginTurn(key, ask) {
      const waiter = context.world.newId();
      try {
        return await waitForTurn(parts, key, ask, waiter);
      } catch (error) {
        if (ask.waitMs > 0) await stopWaiting(context, key, waiter);
        throw error;
      }
    },

    async endTurn(key, fence) {
      held.remove(fence);
      // Safe to say twice: a turn that is over is not ended again.
      const text = `select ${tables.end_turn}($1, $2) as ended`;
      await repeated(context, { what: 'end the turn', text, writes: false }, [key, fence], key);
      wakeUps.wake(key);
    },

    interrupt: (key, ask) => interruptTurn(parts, key, ask),
  };
}

async function waitForTurn(
  parts: TurnParts,
  key: string,
  ask: TurnAsk,
  waiter: string,
): Promise<TurnGrant> {
  const { context, held, wakeUps, listener } = parts;
  const { world } = context;
  const since = world.elapsed();
  const heard = await hears(parts);
  let pressed: { fence: number; since: number } | undefined;
  for (;;) {
    ask.signal?.throwIfAborted();
    if (context.connections.closed) throw closed(key);
    const wait = wakeUps.watch(key, ask.signal);
    try {
      const sentAt = world.elapsed();
      const row = await attempt(parts, key, ask, waiter);
      if (!row) {
        await createSession(context, key, { entry: {} });
        continue;
      }
      if (row.granted === 't') return await granted(parts, key, ask, row, sentAt);
      const waited = world.elapsed() - since;
      if (waited >= ask.waitMs) {
        throw busyWithTurn(key, (await readState(context, key))?.turn, Math.round(waited));
      }
      let pause = Math.min(
        heard && listener.listening ? POLL_MS : DEAF_POLL_MS,
        ask.waitMs - waited,
      );
      const running = row.running === null ? undefined : Number(row.running);
      if (running !== undefined) pause = Math.min(pause, Number(row.remaining_ms) + 1);
      if (ask.interrupt && row.head === 't' && running !== undefined) {
        if (pressed?.fence !== running) {
          await press(context, held, key, ask.interrupt.reason);
          pressed = { fence: running, since: world.elapsed() };
        }
        const grace = pressed.since + ask.interrupt.graceMs - world.elapsed();
        if (grace <= 0) {
          await overtake(parts, key, running);
          continue;
        }
        pause = Math.min(pause, grace);
      }
      await wait.until(pause);
    } finally {
      wait.leave();
    }
  }
}

/** A try may be asked again when its answer was lost: it is known by the waiter. */
async function attempt(
  { context }: TurnParts,
  key: string,
  ask: TurnAsk,
  waiter: string,
): Promise<Row | undefined> {
  const { tables, settings } = context;
  const text = `select * from ${tables.begin_turn}($1, $2::jsonb, $3, $4, $5, $6, $7, $8)`;
  const holder = { ...ask.holder };
  const values = [
    key,
    jsonb(holder),
    ask.label === undefined ? null : escapeText(ask.label),
    settings.leaseMs,
    waiter,
    ask.interrupt !== undefined,
    ask.waitMs > 0,
    WAITER_MS,
  ];
  return changed(context, { what: 'begin a turn', text, writes: false }, values, key);
}

async function granted(
  { context, held }: TurnParts,
  key: string,
  ask: TurnAsk,
  row: Row,
  sentAt: number,
): Promise<TurnGrant> {
  const fence = Number(row.fence);
  // Whoever held it in this process is told before anyone gets in.
  for (const other of held.fences) {
    if (other.key === key) held.lost(other.fence, 'overtaken');
  }
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
    const { turn, ...rest } = state;
    const mine = turn?.fence === fence ? turn : undefined;
    return {
      fence,
      startedAt: Number(row.started_at),
      state: Object.freeze({ ...rest, ...(mine && { turn: mine }) }),
      ...(previous && { previous }),
    };
  } catch (error) {
    held.remove(fence);
    const text = `select ${context.tables.end_turn}($1, $2)`;
    const statement = { what: 'give the turn back', text, writes: false };
    // The caller hears of the first failure; a turn that can not be given back runs out by itself.
    await context.connections.run(statement, [key, fence], key).catch(() => undefined);
    throw error;
  }
}

async function interruptTurn(
  parts: TurnParts,
  key: string,
  { graceMs, reason }: { graceMs: number; reason: string },
): Promise<boolean> {
  const { context, held, wakeUps, listener } = parts;
  const { world } = context;
  const heard = await hears(parts);
  const since = world.elapsed();
  const fence = await press(context, held, key, reason);
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
      if (context.connections.closed) throw closed(key);
      await wait.until(Math.min(grace, heard && listener.listening ? POLL_MS : DEAF_POLL_MS));
    } finally {
      wait.leave();
    }
  }
}

/** Asks the running turn to stop; its fence, or `undefined` when none is running. */
async function press(
  context: PostgresContext,
  held: HeldTurns,
  key: string,
  reason: string,
): Promise<number | undefined> {
  const text = `select * from ${context.tables.interrupt_turn}($1, $2)`;
  const statement: Statement = { what: 'interrupt the turn', text, writes: false };
  const row = await changed(context, statement, [key, escapeText(reason)], key);
  if (!row) return undefined;
  const fence = Number(row.fence);
  held.interrupted(fence, reason);
  return fence;
}

async function overtake({ context, held, wakeUps }: TurnParts, key: string, fence: number) {
  const text = `select ${context.tables.overtake_turn}($1, $2) as overtaken`;
  const statement: Statement = { what: 'overtake the turn', text, writes: false };
  const row = await changed(context, statement, [key, fence], key);
  if (row?.overtaken !== 't') return;
  held.lost(fence, 'overtaken');
  wakeUps.wake(key);
}

/** Whether releases are heard of. Where they are not, waiting looks more often. */
async function hears({ context, listener }: TurnParts): Promise<boolean> {
  try {
    return await listener.listen([context.tables.turnCalls]);
  } catch {
    // The next statement tells what is wrong with the server; until then, looking does as well.
    return false;
  }
}

/** What the caller was refused with matters more; a waiter that is left behind runs out by itself. */
async function stopWaiting(context: PostgresContext, key: string, waiter: string): Promise<void> {
  const text = `select ${context.tables.stop_waiting}($1, $2)`;
  const statement = { what: 'stop waiting', text, writes: false };
  await context.connections.run(statement, [key, waiter], key).catch(() => undefined);
}

/** A statement that may be made again is, while there is time: its turn would block others. */
async function repeated(
  context: PostgresContext,
  statement: Statement,
  values: readonly unknown[],
  key: string,
): Promise<void> {
  const { world, settings } = context;
  const since = world.elapsed();
  for (;;) {
    try {
      await changed(context, statement, values, key);
      return;
    } catch (error) {
      const later = (error as HoldfastError).code === 'IO_FAILED';
      if (!later || world.elapsed() - since > Math.min(settings.leaseMs, settings.lockWaitMs)) {
        throw error;
      }
      await new Promise<void>((resolve) => world.awaitedAfter(200, resolve));
    }
  }
}

function closed(key: string): HoldfastError {
  return new HoldfastError('STORE_CLOSED', 'The store was closed.', { key });
}
