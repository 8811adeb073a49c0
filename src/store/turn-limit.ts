import type { Turn, Warning } from '../contract/store.ts';
import type { Surroundings } from './surroundings.ts';
import type { TurnControl } from './turn-control.ts';
import type { TurnSettings } from './turn-settings.ts';

/** Watches over one turn. */
export interface TurnLimit {
  /** Settles as the function does, or rejects when the function outlives its limit and its grace. */
  race<T>(outcome: Promise<T>): Promise<T>;
  stop(): void;
}

const NO_LIMIT: TurnLimit = { race: (outcome) => outcome, stop: () => undefined };

/**
 * A turn over its limit is told twice before anyone else gets in: its signal is aborted at the
 * limit, and after the grace it is taken away, so that its next write is refused.
 */
export function startTurnLimit(
  turn: Turn,
  control: TurnControl,
  { limitMs, graceMs, label }: TurnSettings,
  onWarning: (warning: Warning) => void,
  surroundings: Surroundings,
): TurnLimit {
  if (limitMs === undefined) return NO_LIMIT;
  const { key, fence } = turn;
  const name = `Turn ${fence}${label === undefined ? '' : ` '${label}'`} of session ${JSON.stringify(key)}`;
  let leaveBehind: (error: unknown) => void = () => undefined;
  let left = false;

  const takeAway = () => {
    left = true;
    control.lose(`it ran for longer than its limit of ${limitMs} ms and a grace of ${graceMs} ms`);
    leaveBehind(control.over);
  };
  let cancel = surroundings.after(limitMs, () => {
    cancel = surroundings.after(graceMs, takeAway);
    control.interrupted(`it is over its limit of ${limitMs} ms`);
    const message = `${name} is over its limit of ${limitMs} ms; it has ${graceMs} ms to end.`;
    onWarning({ code: 'TURN_OVER_LIMIT', key, message });
  });

  return {
    race(outcome) {
      const late = new Promise<never>((_resolve, reject) => {
        leaveBehind = reject;
      });
      outcome.catch((error: unknown) => {
        if (!left) return;
        const message = `${name} had been left behind over its limit and failed later: ${error}`;
        onWarning({ code: 'TURN_FAILED_LATE', key, message });
      });
      return Promise.race([outcome, late]);
    },
    stop: () => cancel(),
  };
}
