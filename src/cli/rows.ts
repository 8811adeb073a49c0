import type { Store } from '../contract/store.ts';
import { isHoldfastError } from '../model/errors.ts';
import type { Holder, SessionSummary, TurnState } from '../model/state.ts';
import { ageOf } from './age.ts';
import { safeLine } from './safe-text.ts';

/** A turn in a list. `unknown`: its session could not be read, so nobody can say whether it runs. */
export type RowTurn = Omit<TurnState, 'status'> & { status: TurnState['status'] | 'unknown' };

/** A row of a list: the summary, and whether its turn still runs. */
export type Row = Omit<SessionSummary, 'turn'> & { turn?: RowTurn };

/**
 * Looks whether the turn of a row still runs: a listing does not know whether its process has died.
 * A turn that ended meanwhile is left out.
 */
export async function rowOf(store: Store, summary: SessionSummary): Promise<Row> {
  const { turn, ...rest } = summary;
  if (turn === undefined) return rest;
  try {
    const now = (await store.session(summary.key).read())?.turn;
    return now === undefined ? rest : { ...rest, turn: now };
  } catch (error) {
    if (isHoldfastError(error)) return { ...rest, turn: { ...turn, status: 'unknown' } };
    throw error;
  }
}

/** `4711@host/instance`. */
export function holderText({ pid, host, instance }: Holder): string {
  return safeLine(`${pid}@${host}/${instance}`);
}

/** `reply, 3m`, `cut off, 3m`, `reply, stopping, 3m`. */
export function turnText(turn: RowTurn, now: number): string {
  const words = [safeLine(turn.label ?? 'turn')];
  if (turn.status === 'cut-off') words.push('cut off');
  else if (turn.status === 'unknown') words.push('?');
  else if (turn.interrupted !== undefined) words.push('stopping');
  words.push(ageOf(turn.startedAt, now));
  return words.join(', ');
}
