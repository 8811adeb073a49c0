/**
 * R10.5: whatever fails between taking a turn and giving it back, at whichever step, the session is
 * free afterwards.
 */
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { HoldfastError, storeOver, type TurnOptions, type Warning } from '../../src/index.ts';
import { FakeSurroundings, outcomeOf, settle, watched } from './fake-surroundings.ts';
import { stubBackend } from './stub-backend.ts';

const KEY = 'agent:main:main';
const broken = () => new HoldfastError('IO_FAILED', 'The disk did not answer this once.');

async function opened(change: (good: Backend) => Partial<Backend>) {
  const surroundings = new FakeSurroundings();
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const backend = stubBackend(change);
  const store = await storeOver(backend, { onWarning }, { surroundings, place: `${Math.SQRT2}` });
  return { store, surroundings, warnings, session: store.session(KEY) };
}

/** A verb that fails at its first call, before or after it did its work, and works from then on. */
function once<A extends unknown[], R>(
  verb: (...args: A) => Promise<R>,
  how: 'throws' | 'rejects' | 'rejects after its work',
): (...args: A) => Promise<R> {
  let first = true;
  return (...args) => {
    if (!first) return verb(...args);
    first = false;
    if (how === 'throws') throw broken();
    if (how === 'rejects') return Promise.reject(broken());
    return verb(...args).then(() => Promise.reject(broken()));
  };
}

describe('R10.5 a turn whose step fails leaves the session free', () => {
  test.each(['throws', 'rejects'] as const)('beginTurn %s', async (how) => {
    const { store, surroundings, session } = await opened((good) => ({
      beginTurn: once(good.beginTurn, how),
    }));
    const turn = session.turn(() => expect.unreachable());
    const waiting = session.turn(() => 'next');
    expect(await outcomeOf(turn)).toMatchObject({ error: { code: 'IO_FAILED' } });
    expect(await outcomeOf(waiting)).toEqual({ value: 'next' });
    expect(store.lanes()).toEqual([]);
    expect(surroundings.pending).toBe(0);
    await store.close();
  });

  test.each(['throws', 'rejects', 'rejects after its work'] as const)('endTurn %s', async (how) => {
    const { store, warnings, session } = await opened((good) => ({
      endTurn: once(good.endTurn, how),
    }));
    const turn = session.turn(() => 'result');
    expect(await outcomeOf(turn)).toMatchObject({ error: { code: 'IO_FAILED' } });
    expect(store.lanes()).toEqual([]);
    const next = { whenBusy: 'interrupt', graceMs: 0 } satisfies TurnOptions;
    const taken = session.turn(() => 'next', next);
    if (how !== 'rejects after its work') await settle();
    expect(await taken.catch((error: unknown) => error)).toBe('next');
    expect(warnings).toEqual([]);
    await store.close();
  });

  test('the function and endTurn both fail: the function is told, the other is a warning', async () => {
    const { store, warnings, session } = await opened((good) => ({
      endTurn: once(good.endTurn, 'rejects after its work'),
    }));
    const mine = new RangeError('mine');
    const turn = session.turn(() => {
      throw mine;
    });
    expect(await turn.catch((error: unknown) => error)).toBe(mine);
    expect(warnings).toMatchObject([{ code: 'TURN_NOT_ENDED', key: KEY }]);
    expect(await session.turn(() => 'next', { whenBusy: 'reject' })).toBe('next');
    await store.close();
  });

  test('aborted while the back end grants it: the function does not run', async () => {
    let granted: () => void = () => undefined;
    const { store, session } = await opened((good) => ({
      beginTurn: async (...args) => {
        const grant = await good.beginTurn(...args);
        await new Promise<void>((resolve) => {
          granted = resolve;
        });
        return grant;
      },
    }));
    const abort = new AbortController();
    const turn = session.turn(() => expect.unreachable(), { signal: abort.signal });
    await settle();
    abort.abort(new Error('enough'));
    granted();
    expect(await outcomeOf(turn)).toMatchObject({ error: { message: 'enough' } });
    expect((await session.read())?.turn).toBeUndefined();
    expect(store.lanes()).toEqual([]);
    await store.close();
  });

  test('lost while the back end grants it: the lane is not held for its function', async () => {
    const { store, session } = await opened((good) => {
      let first = true;
      return {
        async beginTurn(key, ask) {
          const grant = await good.beginTurn(key, ask);
          if (!first) return grant;
          first = false;
          await good.reset(key, { reason: 'meanwhile', keep: 'all' }, {});
          await settle();
          return grant;
        },
      };
    });
    const ends: (() => void)[] = [];
    const untilEnded = () => new Promise<void>((resolve) => void ends.push(resolve));
    const lost = session.turn(async (turn) => {
      expect(turn.signal.aborted).toBe(true);
      await expect(turn.update({ a: 1 })).rejects.toMatchObject({ code: 'TURN_LOST' });
      await untilEnded();
    });
    const next = session.turn(untilEnded);
    while (ends.length < 2) await settle();
    ends[0]?.();
    await next;
    expect(await outcomeOf(session.turn(() => 'later'))).toEqual({ value: 'later' });
    ends[1]?.();
    await lost;
    expect(store.lanes()).toEqual([]);
    await store.close();
  });

  test('a turn that could not be told that it is lost is refused by the back end', async () => {
    const { store, session } = await opened((good) => ({
      beginTurn: (key, ask) => good.beginTurn(key, { ...ask, onLost: () => undefined }),
    }));
    await session.turn(async (turn) => {
      await session.reset();
      const writes = [
        () => turn.update({ a: 1 }),
        () => turn.update(() => ({ a: 1 })),
        () => turn.append({ type: 'note' }),
      ];
      for (const write of writes)
        await expect(write()).rejects.toMatchObject({ code: 'TURN_LOST' });
      expect(turn.signal.aborted).toBe(false);
    });
    expect((await session.read())?.entry).toEqual({});
    await store.close();
  });

  test('the signal of the caller is let go, however the turn or its wait ended', async () => {
    const { store, surroundings, session } = await opened(() => ({}));
    const { signal } = new AbortController();
    let end: () => void = () => undefined;
    const holder = session.turn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
      { signal },
    );
    await settle();
    const late = watched(session.turn(() => 'never', { signal, waitMs: 10 }));
    const served = session.turn(() => 'served', { signal });
    await surroundings.pass(10);
    end();
    await holder;
    expect(await outcomeOf(late)).toMatchObject({ error: { code: 'SESSION_BUSY' } });
    expect(await outcomeOf(served)).toEqual({ value: 'served' });
    await session.turn(() => Promise.reject(new Error('mine')), { signal }).catch(() => 'expected');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await store.close();
  });

  test('a holder that can not be looked up leaves the refusal what it is', async () => {
    const { store, session } = await opened((good) => ({
      read: () => Promise.reject(new HoldfastError('ENTRY_DAMAGED', 'This entry is damaged.')),
      beginTurn: good.beginTurn,
    }));
    let end: () => void = () => undefined;
    const holder = session.turn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await settle();
    const refusal = session.turn(() => 'never', { whenBusy: 'reject' });
    expect(await outcomeOf(refusal)).toMatchObject({ error: { code: 'SESSION_BUSY' } });
    end();
    await holder;
    await store.close();
  });
});
