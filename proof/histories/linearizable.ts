/**
 * Whether a history of one session is linearizable: whether each call can be given a moment between
 * its beginning and its end so that the calls, one after the other, are what the contract says
 * (Wing and Gong, with the memory of Lowe: a set of calls that were placed before, with the same
 * state after it, is not looked at again).
 *
 * A call whose process died may be placed with its effect or without.
 */
import { chanceOf } from '../frame/run-facts.ts';
import { type Call, stepsOf } from './history.ts';
import { type State, statesAfter, textOfState } from './session-model.ts';

export type Verdict =
  | { linearizable: true; steps: number }
  /** `stuck`: the first call that could not be placed, where the search came farthest. */
  | { linearizable: false; steps: number; stuck: Call | undefined }
  | { linearizable: undefined; steps: number };

/** The beginning or the end of a call, in a list by time. */
interface Moment {
  index: number;
  ends: boolean;
  before: Moment | undefined;
  after: Moment | undefined;
  /** The end that belongs to a beginning. */
  end: Moment | undefined;
}

/** A call that was placed, and what else it may leave. */
interface Placed {
  moment: Moment;
  from: State;
  others: State[];
}

const STEPS_MAX = 20_000_000;

export function checkHistory(history: readonly Call[], stepsMax = STEPS_MAX): Verdict {
  const calls = history.flatMap(stepsOf).sort((a, b) => a.from - b.from);
  const head = momentsOf(calls);
  const isPlaced = new Uint8Array(calls.length);
  const names = zobrist(calls.length);
  const seen = new Set<string>();
  const placed: Placed[] = [];
  let state: State = null;
  let [low, high] = [0, 0];
  let steps = 0;
  let farthest = -1;

  const toggle = (index: number) => {
    low ^= names[2 * index] as number;
    high ^= names[2 * index + 1] as number;
  };
  /** Places a call with the first of the states that leads to something new. */
  const place = (moment: Moment, from: State, states: State[]): boolean => {
    toggle(moment.index);
    for (let i = 0; i < states.length; i += 1) {
      const next = states[i] as State;
      const what = `${low} ${high} ${textOfState(next)}`;
      if (seen.has(what)) continue;
      seen.add(what);
      isPlaced[moment.index] = 1;
      placed.push({ moment, from, others: states.slice(i + 1) });
      state = next;
      lift(moment);
      return true;
    }
    toggle(moment.index);
    return false;
  };

  let at = head.after;
  while (head.after) {
    if (++steps > stepsMax) return { linearizable: undefined, steps };
    if (at && !at.ends) {
      const call = calls[at.index] as Call;
      // The sort keeps the first step of a call in front of the second, which has to come later.
      const late = call.deed.verb === 'create' && isPlaced[at.index + 1] === 1;
      const states = late ? [state] : statesAfter(state, call);
      at = place(at, state, states) ? head.after : at.after;
      continue;
    }
    // The end of a call that has no place yet: the last choice was wrong.
    if (at && at.index > farthest) farthest = at.index;
    const last = placed.pop();
    if (!last) return { linearizable: false, steps, stuck: calls[farthest] };
    toggle(last.moment.index);
    isPlaced[last.moment.index] = 0;
    state = last.from;
    putBack(last.moment);
    at = place(last.moment, last.from, last.others) ? head.after : last.moment.after;
  }
  return { linearizable: true, steps };
}

function momentsOf(calls: readonly Call[]): Moment {
  const times = calls.flatMap(({ from, to }, index) => [
    { index, ends: false, time: from },
    { index, ends: true, time: to },
  ]);
  // Calls that touch overlap: nobody knows which was first.
  times.sort((a, b) => a.time - b.time || Number(a.ends) - Number(b.ends));
  const head: Moment = {
    index: -1,
    ends: false,
    before: undefined,
    after: undefined,
    end: undefined,
  };
  const begun = new Map<number, Moment>();
  let last = head;
  for (const { index, ends } of times) {
    const moment: Moment = { index, ends, before: last, after: undefined, end: undefined };
    last.after = moment;
    last = moment;
    if (ends) (begun.get(index) as Moment).end = moment;
    else begun.set(index, moment);
  }
  return head;
}

function lift(moment: Moment): void {
  for (const each of [moment, moment.end as Moment]) {
    (each.before as Moment).after = each.after;
    if (each.after) each.after.before = each.before;
  }
}

function putBack(moment: Moment): void {
  for (const each of [moment.end as Moment, moment]) {
    (each.before as Moment).after = each;
    if (each.after) each.after.before = each;
  }
}

/** Two random words a call: a set of calls is named by the sum of theirs, whatever their order. */
function zobrist(count: number): Int32Array {
  const chance = chanceOf(count);
  return Int32Array.from({ length: 2 * count }, () => chance.below(2 ** 32) | 0);
}
