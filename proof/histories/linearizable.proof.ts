/** The checker itself: what it must accept, and what it must never accept. */
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../frame/run-facts.ts';
import type { Call, Deed, View } from './history.ts';
import { checkHistory } from './linearizable.ts';
import { shrink } from './shrink.ts';

const KEY = 'agent:main:chat:1';
const call = (process: string, from: number, to: number, deed: Deed): Call => ({
  key: KEY,
  process,
  from,
  to,
  deed,
});
const view = (rev: number, value: number, sessionId = 's1'): View => ({
  rev,
  value,
  sessionId,
  updatedAt: 1_000 + rev,
});
const set = (rev: number, value: number, before: number): Deed => ({
  verb: 'update',
  value,
  out: { ...view(rev, value), before },
});
const see = (rev: number, value: number): Deed => ({ verb: 'read', out: view(rev, value) });
const nothing: Deed = { verb: 'read', out: null };
const append = (id: string, parentId: string | null): Deed => ({
  verb: 'append',
  id,
  out: { parentId },
});

const good: Record<string, Call[]> = {
  'nothing at all': [],
  'calls one after another': [
    call('a', 0, 1, nothing),
    call('a', 2, 3, set(1, 7, 0)),
    call('b', 4, 5, see(1, 7)),
    call('b', 6, 7, { verb: 'reset', out: view(2, 7, 's2') }),
    call('a', 8, 9, { verb: 'remove', out: true }),
    call('b', 10, 11, { verb: 'remove', out: false }),
  ],
  'a read beside an update that sees it or does not': [
    call('a', 0, 10, set(1, 7, 0)),
    call('b', 1, 2, nothing),
    call('c', 3, 4, see(1, 7)),
  ],
  'two updates at once, in the order that their results tell': [
    call('a', 0, 10, set(2, 7, 8)),
    call('b', 0, 10, set(1, 8, 0)),
  ],
  'a condition that was met and one that came too late': [
    call('a', 0, 1, set(1, 7, 0)),
    call('a', 2, 9, { verb: 'updateIf', value: 8, ifRev: 1, out: view(2, 8) }),
    call('b', 2, 9, { verb: 'updateIf', value: 9, ifRev: 1, out: 'REV_CONFLICT' }),
  ],
  'an update that died and happened': [
    call('a', 0, 5, { verb: 'update', value: 7 }),
    call('b', 6, 7, see(1, 7)),
  ],
  'an update that died and did not happen': [
    call('a', 0, 5, { verb: 'update', value: 7 }),
    call('b', 6, 7, nothing),
  ],
  'an id that was given twice': [
    call('a', 0, 1, append('x', null)),
    call('b', 2, 3, append('y', 'x')),
    call('b', 4, 5, append('x', null)),
    call('b', 6, 7, { verb: 'tail', last: 5, out: ['x', 'y'] }),
  ],
  'a session between its creation by an append and the record': [
    call('a', 0, 9, append('x', null)),
    call('b', 1, 2, { verb: 'tail', last: 5, out: [] }),
    call('b', 3, 4, { verb: 'row', out: { rev: 1, sessionId: 's1', updatedAt: 5 } }),
  ],
};

const bad: Record<string, Call[]> = {
  'a stale read': [
    call('a', 0, 1, set(1, 7, 0)),
    call('a', 2, 3, set(2, 8, 7)),
    call('b', 4, 5, see(1, 7)),
  ],
  'a read that goes back': [
    call('a', 0, 9, set(1, 7, 0)),
    call('b', 1, 2, see(1, 7)),
    call('c', 3, 4, nothing),
  ],
  'a lost update': [
    call('a', 0, 5, { verb: 'update', value: 7, out: { ...view(1, 7), before: 0 } }),
    call('b', 0, 5, { verb: 'update', value: 8, out: { ...view(1, 8), before: 0 } }),
  ],
  'two conditions that were both met': [
    call('a', 0, 1, set(1, 7, 0)),
    call('a', 2, 9, { verb: 'updateIf', value: 8, ifRev: 1, out: view(2, 8) }),
    call('b', 2, 9, { verb: 'updateIf', value: 9, ifRev: 1, out: view(2, 9) }),
  ],
  'a conflict where there was none': [
    call('a', 0, 1, set(1, 7, 0)),
    call('a', 2, 3, { verb: 'updateIf', value: 8, ifRev: 1, out: 'REV_CONFLICT' }),
  ],
  'two records below one': [
    call('a', 0, 1, append('x', null)),
    call('a', 2, 9, append('y', 'x')),
    call('b', 2, 9, append('z', 'x')),
  ],
  'a record that is not in the transcript': [
    call('a', 0, 1, append('x', null)),
    call('b', 2, 3, { verb: 'tail', last: 5, out: [] }),
  ],
  'records in another order': [
    call('a', 0, 1, append('x', null)),
    call('a', 2, 3, append('y', 'x')),
    call('b', 4, 5, { verb: 'tail', last: 5, out: ['y', 'x'] }),
  ],
  'an id that was appended twice': [
    call('a', 0, 1, append('x', null)),
    call('b', 2, 3, append('y', 'x')),
    call('a', 4, 5, append('x', 'y')),
  ],
  'a session that comes back after its removal': [
    call('a', 0, 1, set(1, 7, 0)),
    call('a', 2, 3, { verb: 'remove', out: true }),
    call('b', 4, 5, see(1, 7)),
  ],
  'a removal of what was removed': [
    call('a', 0, 1, set(1, 7, 0)),
    call('a', 2, 9, { verb: 'remove', out: true }),
    call('b', 2, 9, { verb: 'remove', out: true }),
  ],
  'a listing without a session that is there': [
    call('a', 0, 1, set(1, 7, 0)),
    call('b', 2, 3, { verb: 'row', out: null }),
  ],
  'a conversation that changed by itself': [
    call('a', 0, 1, set(1, 7, 0)),
    call('b', 2, 3, { verb: 'read', out: view(1, 7, 's2') }),
  ],
  'a time that goes back': [
    call('a', 0, 1, set(1, 7, 0)),
    call('b', 2, 3, { verb: 'update', value: 8, out: { ...view(2, 8), before: 7, updatedAt: 9 } }),
  ],
  'an update that died and happened after its death': [
    call('a', 0, 5, { verb: 'update', value: 7 }),
    call('b', 6, 7, nothing),
    call('b', 8, 9, see(1, 7)),
  ],
  'an update that died and happened twice': [
    call('a', 0, 9, { verb: 'update', value: 7 }),
    call('b', 1, 2, see(1, 7)),
    call('b', 3, 4, see(2, 7)),
  ],
  'a session that an append is told to have created after it was told': [
    call('a', 0, 1, append('x', null)),
    call('b', 2, 3, { verb: 'remove', out: true }),
    call('b', 4, 5, { verb: 'tail', last: 5, out: [] }),
  ],
};

/** A history that a single register of this contract made, its calls drawn out so that they overlap. */
function madeHistory(seed: number, length: number): Call[] {
  const chance = chanceOf(seed);
  const calls: Call[] = [];
  let [rev, value] = [0, 0];
  for (let i = 0; i < length; i += 1) {
    const moment = 10 * i;
    let deed: Deed = rev === 0 ? nothing : see(rev, value);
    if (chance.below(2) === 0) {
      rev += 1;
      deed = set(rev, i + 1, value);
      value = i + 1;
    }
    const span = () => chance.below(30);
    calls.push(call(`p${i}`, moment - span(), moment + span(), deed));
  }
  return calls;
}

describe('the checker of histories', () => {
  it.each(Object.entries(good))('accepts %s', (_, history) => {
    expect(checkHistory(history)).toMatchObject({ linearizable: true });
  });

  it.each(Object.entries(bad))('refuses %s', (_, history) => {
    expect(checkHistory(history)).toMatchObject({ linearizable: false });
  });

  it('accepts what was made in some order, and refuses it with one wrong word', () => {
    let updates = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const history = madeHistory(seed, 40);
      expect(checkHistory(history), `seed ${seed}`).toMatchObject({ linearizable: true });
      const at = chanceOf(seed).below(40);
      const { deed } = history[at] as Call;
      if (deed.verb !== 'update' || !deed.out) continue;
      updates += 1;
      // A revision that nobody else was told does not exist.
      const poisoned = { ...deed, out: { ...deed.out, rev: deed.out.rev + 1 } };
      const wrong = history.map((each, i) => (i === at ? { ...each, deed: poisoned } : each));
      expect(checkHistory(wrong), `seed ${seed}`).toMatchObject({ linearizable: false });
    }
    expect(updates).toBeGreaterThan(50);
  });

  it('gives up, and says so, after as many steps as it is given', () => {
    expect(checkHistory(madeHistory(1, 40), 5)).toEqual({ linearizable: undefined, steps: 6 });
  });

  it('shrinks a bad history to what is bad in it', () => {
    const history = [
      ...madeHistory(3, 40),
      call('x', 1_000, 1_001, set(99, 1, 0)),
      call('y', 2_000, 2_001, nothing),
    ];
    const least = shrink(history);
    expect(checkHistory(least)).toMatchObject({ linearizable: false });
    expect(least.every(({ from }) => from <= 1_001)).toBe(true);
    expect(least.filter(({ deed }) => deed.verb === 'read')).toEqual([]);
  });
});
