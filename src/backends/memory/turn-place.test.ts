import { describe, expect, it } from 'vitest';
import type { TurnAsk } from '../../contract/backend.ts';
import { TurnPlace } from './turn-place.ts';
import type { World } from './world.ts';

const KEY = 'agent:main:main';

/** A place on a clock that only moves when the test says so. */
function setUp() {
  let now = 1_000;
  let timers: { at: number; call: () => void }[] = [];
  const world: World = {
    now: () => now,
    newId: () => 'id',
    after(ms, call) {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  const told: string[] = [];
  const ask = (name: string, more: Partial<TurnAsk> = {}): TurnAsk => ({
    holder: { host: 'host', pid: 1, instance: name },
    waitMs: 60_000,
    onInterrupt: (reason) => told.push(`${name}: ${reason}?`),
    onLost: (reason) => told.push(`${name}: ${reason}!`),
    ...more,
  });
  return {
    place: new TurnPlace(
      KEY,
      world,
      () => undefined,
      () => undefined,
    ),
    told,
    ask,
    timers: () => timers.length,
    pass(ms: number) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { call } of due) call();
    },
  };
}

describe('a place of turns', () => {
  it('grants who waits in the order of arrival, and takes its timers back', async () => {
    const { place, ask, timers } = setUp();
    const owner = {};
    expect((await place.begin(ask('a'), owner)).state.fence).toBe(1);
    const order: string[] = [];
    const waiting = ['b', 'c', 'd'].map(async (name) => {
      const { state } = await place.begin(ask(name), owner);
      order.push(name);
      place.end(state.fence);
    });
    expect(timers()).toBe(3);
    place.end(1);
    await Promise.all(waiting);
    expect(order).toEqual(['b', 'c', 'd']);
    expect(timers()).toBe(0);
    expect(place.shown).toBeUndefined();
  });

  it('ends only the turn of this fence', async () => {
    const { place, ask } = setUp();
    await place.begin(ask('a'), {});
    place.end(7);
    expect(place.runningFence).toBe(1);
  });

  it('refuses at the deadline and names the holder', async () => {
    const { place, ask, pass } = setUp();
    await place.begin(ask('a'), {});
    const late = place.begin(ask('b', { waitMs: 50 }), {});
    pass(50);
    await expect(late).rejects.toMatchObject({ code: 'SESSION_BUSY', key: KEY });
    await expect(late).rejects.toThrow(/after 50 ms with turn 1 .*instance a/);
  });

  it('overtakes at the end of the grace, once it has told the holder', async () => {
    const { place, ask, pass, told } = setUp();
    await place.begin(ask('a'), {});
    const interrupt = { graceMs: 100, reason: 'b wants in' };
    const next = place.begin(ask('b', { interrupt }), {});
    expect(told).toEqual(['a: b wants in?']);
    expect(place.shown?.interrupted).toEqual({ at: 1_000, reason: 'b wants in' });
    pass(99);
    expect(place.runningFence).toBe(1);
    pass(1);
    expect(told).toEqual(['a: b wants in?', 'a: overtaken!']);
    const { state, previous } = await next;
    expect(state.fence).toBe(2);
    expect(previous).toMatchObject({ fence: 1, ended: 'overtaken', holder: { instance: 'a' } });
  });

  it('does not overtake for somebody who gave up before the grace was over', async () => {
    const { place, ask, pass } = setUp();
    await place.begin(ask('a'), {});
    const abort = new AbortController();
    const gone = place.begin(
      ask('b', { interrupt: { graceMs: 100, reason: 'b' }, signal: abort.signal }),
      {},
    );
    pass(50);
    abort.abort(new Error('never mind'));
    await expect(gone).rejects.toThrow('never mind');
    pass(1_000);
    expect(place.runningFence).toBe(1);
  });

  it('tells a holder once, however many interrupt it', async () => {
    const { place, ask, told } = setUp();
    await place.begin(ask('a'), {});
    const first = place.interrupt({ graceMs: 1_000, reason: 'one' });
    const second = place.interrupt({ graceMs: 1_000, reason: 'two' });
    place.end(1);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(told).toEqual(['a: one?']);
    expect(await place.interrupt({ graceMs: 1, reason: 'three' })).toBe(false);
  });

  it('shows a turn whose store went away as cut off until the next one begins', async () => {
    const { place, ask, told } = setUp();
    const owner = {};
    await place.begin(ask('a', { label: 'reply' }), owner);
    const waiting = place.begin(ask('b'), owner);
    const closed = new Error('closed');
    place.abandon(owner, closed);
    await expect(waiting).rejects.toBe(closed);
    expect(place.shown).toMatchObject({ fence: 1, label: 'reply', status: 'cut-off' });
    expect(place.runningFence).toBeUndefined();
    expect(told).toEqual([]);
    const { state, previous } = await place.begin(ask('c'), {});
    expect(state).toMatchObject({ fence: 2, status: 'running' });
    expect(previous).toMatchObject({ fence: 1, label: 'reply', ended: 'cut-off' });
    place.end(2);
    expect((await place.begin(ask('d'), {})).previous).toBeUndefined();
  });

  it('grants one turn only, also when a holder begins others as soon as it is told', async () => {
    const { place, ask } = setUp();
    const begun: Promise<{ state: { fence: number } }>[] = [];
    const onLost = () => {
      begun.push(place.begin(ask('b'), {}), place.begin(ask('c'), {}));
    };
    await place.begin(ask('a', { onLost }), {});
    place.lose('reset');
    expect((await begun[0])?.state.fence).toBe(2);
    expect(place.runningFence).toBe(2);
    place.end(2);
    expect((await begun[1])?.state.fence).toBe(3);
  });

  it('leaves the turns of other stores alone', async () => {
    const { place, ask } = setUp();
    await place.begin(ask('a'), {});
    place.abandon({}, new Error('closed'));
    expect(place.shown).toMatchObject({ fence: 1, status: 'running' });
  });

  it('tells nobody of a former turn of another conversation', async () => {
    const { place, ask, pass } = setUp();
    await place.begin(ask('a'), {});
    const interrupted = place.interrupt({ graceMs: 0, reason: 'newer' });
    pass(0);
    expect(await interrupted).toBe(true);
    place.lose('reset');
    expect((await place.begin(ask('b'), {})).previous).toBeUndefined();
  });
});
