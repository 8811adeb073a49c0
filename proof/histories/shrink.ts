/** The least part of a history that is still not linearizable, for a person to look at. */
import type { Call } from './history.ts';
import { checkHistory } from './linearizable.ts';

const STEPS_MAX = 1_000_000;
const fails = (history: readonly Call[]) => checkHistory(history, STEPS_MAX).linearizable === false;

/** What was known at a moment: later calls are not there yet, and running ones are not told. */
function until(history: readonly Call[], moment: number): Call[] {
  return history
    .filter(({ from }) => from <= moment)
    .map((call) => {
      if (call.to <= moment) return call;
      const { out: _later, ...deed } = call.deed;
      return { ...call, deed: deed as Call['deed'] };
    });
}

/** Whether taking a call away leaves a history that is as legal as it was. */
function changesNothing({ deed }: Call): boolean {
  return deed.verb === 'read' || deed.verb === 'row' || deed.verb === 'tail';
}

export function shrink(history: readonly Call[]): Call[] {
  const ends = history.map(({ to }) => to).sort((a, b) => a - b);
  // A prefix of a linearizable history is linearizable, so the first bad moment can be searched for.
  let [low, high] = [0, ends.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fails(until(history, ends[middle] as number))) high = middle;
    else low = middle + 1;
  }
  let least = until(history, ends[low] as number);
  if (!fails(least)) return [...history];
  for (let chunk = least.length; chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let at = 0; at < least.length; at += chunk) {
      const fewer = least.filter((call, i) => i < at || i >= at + chunk || !changesNothing(call));
      if (fewer.length < least.length && fails(fewer)) least = fewer;
    }
  }
  return least;
}
