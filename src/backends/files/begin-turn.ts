/**
 * Turns between processes.
 *
 *     free      --begin: a line with the next fence, its lock file locked--> running
 *     running   --end: a line, the lock file removed--> free
 *     running   --its process dies, the kernel frees the lock--> cut off: the next begin starts at
 *                 once and is told
 *     running   --interrupt: a line; the holder sees it within a moment--> running, asked to stop
 *     asked     --not ended after its grace: the next begin (or a line) takes the fence away--> free
 *     any       --reset, remove--> free
 *
 * Who is turned away takes a ticket and waits for those before it, so that a process which ends a
 * turn can not take the key again past the others. A waiter that does not come when it is free to
 * (its process is stopped) is passed after a moment: tickets are courtesy, the lock and the fence
 * are what keeps two turns apart.
 */
import type { TurnAsk, TurnGrant } from '../../contract/backend.ts';
import { busyWithTurn } from '../../contract/busy-with-turn.ts';
import { HoldfastError } from '../../model/errors.ts';
import { pause } from '../../system/timers.ts';
import type { FilesContext } from './files-context.ts';
import { grantTurn } from './grant-turn.ts';
import { askToStop, isRunning } from './interrupt-turn.ts';
import type { SessionFiles } from './session-files.ts';
import { shownTurn } from './shown-state.ts';
import { someoneWaitsBefore, Ticket } from './turn-lock.ts';

/** Longer: one stopped waiter delays the others more. Shorter: a slow one loses its place. */
const COURTESY_MS = 1_000;
const POLL_MS_MAX = 25;

/** What one waiter knows between its tries. */
interface Waiter {
  ticket?: Ticket;
  /** The turn that was asked to stop, and until when it may. */
  asked?: { fence: number; until: number };
  /** Since when it would be free but for those in front. */
  freeSince?: number;
}

export async function beginTurn(
  context: FilesContext,
  session: SessionFiles,
  ask: TurnAsk,
): Promise<TurnGrant> {
  const { clock } = context.system;
  const began = clock.elapsed();
  const waiter: Waiter = {};
  session.waiting += 1;
  try {
    for (let tries = 0; ; tries++) {
      ask.signal?.throwIfAborted();
      if (context.closed) throw closedError(session.key);
      const granted = await session.exclusive(() => attempt(context, session, ask, waiter), {
        create: true,
        signal: ask.signal,
      });
      if (granted) return granted;
      await untilChance(context, session, ask, waiter, began, tries);
    }
  } finally {
    session.waiting -= 1;
    waiter.ticket?.drop();
  }
}

function closedError(key: string): HoldfastError {
  return new HoldfastError(
    'STORE_CLOSED',
    `The store was closed while a turn waited. Open it again.`,
    { key },
  );
}

/** Runs inside the session. Nothing: somebody else is first, and `waiter` says who. */
async function attempt(
  context: FilesContext,
  session: SessionFiles,
  ask: TurnAsk,
  waiter: Waiter,
): Promise<TurnGrant | undefined> {
  const { system } = context;
  const turn = session.state?.turn;
  const running = turn !== undefined && isRunning(context, session, turn);
  const now = system.clock.elapsed();
  if (running) {
    delete waiter.freeSince;
    const { asked } = waiter;
    if (asked?.fence === turn.fence && now >= asked.until) {
      return grantTurn(context, session, ask, { ...turn, ended: 'overtaken' });
    }
    if (ask.interrupt && asked?.fence !== turn.fence) {
      await askToStop(context, session, turn, ask.interrupt.reason);
      waiter.asked = { fence: turn.fence, until: now + ask.interrupt.graceMs };
    }
    if (ask.waitMs > 0) waiter.ticket ??= Ticket.take(system, session.directory);
    return undefined;
  }
  const place = waiter.ticket?.number ?? Number.POSITIVE_INFINITY;
  const late = waiter.freeSince !== undefined && now - waiter.freeSince > COURTESY_MS;
  if (
    !ask.interrupt &&
    !late &&
    session.state &&
    someoneWaitsBefore(system, session.directory, place)
  ) {
    waiter.freeSince ??= now;
    if (ask.waitMs > 0) waiter.ticket ??= Ticket.take(system, session.directory);
    return undefined;
  }
  return grantTurn(context, session, ask, turn && { ...turn, ended: 'cut-off' });
}

/** Waits until another try may succeed; `SESSION_BUSY` at the deadline. */
async function untilChance(
  context: FilesContext,
  session: SessionFiles,
  ask: TurnAsk,
  waiter: Waiter,
  began: number,
  tries: number,
): Promise<void> {
  const { clock, timers, random } = context.system;
  for (let polls = tries; ; polls++) {
    const state = await session.look();
    const turn = state?.turn;
    const waited = clock.elapsed() - began;
    if (waited >= ask.waitMs && !(waiter.asked && ask.interrupt)) {
      throw busyWithTurn(session.key, turn && shownTurn(context, session, turn), ask.waitMs);
    }
    await pause(timers, 1 + random.fraction() * Math.min(POLL_MS_MAX, 1 + polls), ask.signal);
    if (ask.signal?.aborted) return;
    if (!turn || !isRunning(context, session, turn)) return;
    if (waiter.asked && clock.elapsed() >= waiter.asked.until) return;
    if (ask.interrupt && waiter.asked?.fence !== turn.fence) return;
  }
}
