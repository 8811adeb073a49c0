import type { RowTurn } from '../../wire.ts';
import { counted } from '../text/number-text.ts';
import { safeLine } from '../text/safe-text.ts';
import { runningSpan } from '../text/time-text.ts';

interface TurnMarkProps {
  turn: RowTurn | undefined;
  waiting: number;
  now: number;
}

const WORDS = { running: 'running', 'cut-off': 'cut off', unknown: 'unknown' };

/** What the turn of a session does, and since when. */
export function TurnMark({ turn, waiting, now }: TurnMarkProps) {
  if (!turn) {
    const state = waiting > 0 ? 'waiting' : 'idle';
    return (
      <span class={`turn is-${state}`} data-testid="turn-state" data-state={state}>
        {state}
      </span>
    );
  }
  const { host, pid, instance } = turn.holder;
  const who = `${safeLine(turn.label ?? 'turn')} · ${safeLine(instance)} · pid ${pid} on ${safeLine(host)}`;
  const stopping = turn.interrupted && turn.status === 'running';
  return (
    <span
      class={`turn is-${turn.status}`}
      data-testid="turn-state"
      data-state={turn.status}
      title={who}
    >
      <span class="turn-word">{stopping ? 'stopping' : WORDS[turn.status]}</span>{' '}
      <span class="turn-age">{runningSpan(now - turn.startedAt)}</span>
    </span>
  );
}

/** How many turns wait, and how long the first of them does. */
export function WaitingDepth({ waiting, oldestMs }: { waiting: number; oldestMs: number }) {
  if (waiting === 0) return <span class="quiet">–</span>;
  const title = `${counted(waiting, 'turn')}, the first for ${runningSpan(oldestMs)}`;
  return (
    <span class="waiting" title={title}>
      {waiting} <small>{runningSpan(oldestMs)}</small>
    </span>
  );
}
