import { HoldfastError } from '../model/errors.ts';
import type { TurnState } from '../model/state.ts';

/** Who runs a turn, since when and under which number, for people to read. */
export function turnText(
  turn: Pick<TurnState, 'fence' | 'holder' | 'label' | 'startedAt'>,
): string {
  const { host, pid, instance } = turn.holder;
  const label = turn.label === undefined ? '' : ` '${turn.label}'`;
  const since = new Date(turn.startedAt).toISOString();
  return `turn ${turn.fence}${label} of process ${pid} on ${host} (instance ${instance}), running since ${since}`;
}

/** `SESSION_BUSY` that names the holder; `turn` is left out when it could not be told any more. */
export function busyWithTurn(
  key: string,
  turn: TurnState | undefined,
  waitedMs: number,
): HoldfastError {
  const who = turn ? turnText(turn) : 'another turn';
  const waited = waitedMs > 0 ? ` after ${waitedMs} ms` : '';
  return new HoldfastError(
    'SESSION_BUSY',
    `Session ${JSON.stringify(key)} is still busy${waited} with ${who}. Try again later, or interrupt it.`,
    { key },
  );
}
