/** Waits of a lane on a clock that only moves when the test says so. */
import { describe, expect, test } from 'vitest';
import { type Store, storeOver } from '../../src/index.ts';
import { FakeSurroundings, outcomeOf, settle, watched } from './fake-surroundings.ts';
import { stubBackend } from './stub-backend.ts';

const KEY = 'agent:main:main';

async function opened(options = {}) {
  const surroundings = new FakeSurroundings();
  const store = await storeOver(stubBackend(), options, { surroundings, place: `${Math.PI}` });
  return { store, surroundings, session: store.session(KEY) };
}

/** A turn that ends when it is told to. */
function held(store: Store) {
  let end: () => void = () => undefined;
  const done = store.session(KEY).turn(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  return { done, end: () => end() };
}

describe('a wait in the lane', () => {
  test('lasts as long as turnWaitMs, and not a millisecond longer', async () => {
    const { store, surroundings, session } = await opened({ turnWaitMs: 1_000 });
    const holder = held(store);
    await settle();
    const waiting = watched(session.turn(() => 'ran'));
    await surroundings.pass(999);
    expect(await outcomeOf(waiting)).toBe('pending');
    expect(store.lanes()).toEqual([{ key: KEY, running: true, waiting: 1, oldestWaitMs: 999 }]);
    await surroundings.pass(1);
    expect(await outcomeOf(waiting)).toMatchObject({ error: { code: 'SESSION_BUSY' } });
    holder.end();
    await holder.done;
    await store.close();
    expect(surroundings.pending).toBe(0);
  });

  test('is counted from the arrival, also behind others', async () => {
    const { store, surroundings, session } = await opened();
    const holder = held(store);
    await settle();
    const first = held(store);
    const second = watched(session.turn(() => 'ran', { waitMs: 1_000 }));
    await surroundings.pass(700);
    holder.end();
    await holder.done;
    await surroundings.pass(299);
    expect(await outcomeOf(second)).toBe('pending');
    await surroundings.pass(1);
    expect(await outcomeOf(second)).toMatchObject({ error: { code: 'SESSION_BUSY' } });
    first.end();
    await first.done;
    await store.close();
  });

  test('leaves no timer behind, however it ended', async () => {
    const { store, surroundings, session } = await opened({ turnLimitMs: 5_000 });
    const abort = new AbortController();
    const holder = held(store);
    await settle();
    const served = session.turn(() => 'served');
    const aborted = watched(session.turn(() => 'never', { signal: abort.signal }));
    const late = watched(session.turn(() => 'never', { waitMs: 10 }));
    await settle();
    abort.abort(new Error('enough'));
    await surroundings.pass(10);
    holder.end();
    await holder.done;
    expect(await outcomeOf(served)).toEqual({ value: 'served' });
    expect(await outcomeOf(aborted)).toMatchObject({ error: { message: 'enough' } });
    expect(await outcomeOf(late)).toMatchObject({ error: { code: 'SESSION_BUSY' } });
    expect(store.lanes()).toEqual([]);
    expect(surroundings.pending).toBe(0);
    await store.close();
  });

  test('those that interrupt are served among themselves in order of arrival', async () => {
    const { store, session } = await opened();
    const order: string[] = [];
    const begin = (name: string, whenBusy: 'wait' | 'interrupt') =>
      session.turn(
        async (turn) => {
          order.push(name);
          if (turn.signal.aborted) return;
          if (name.startsWith('polite')) {
            await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
          }
        },
        { whenBusy, label: name },
      );
    const all = [begin('polite 0', 'wait')];
    await settle();
    all.push(begin('waiting', 'wait'), begin('polite 1', 'interrupt'), begin('last', 'interrupt'));
    await Promise.all(all);
    expect(order).toEqual(['polite 0', 'polite 1', 'last', 'waiting']);
    await store.close();
  });

  test('a thousand waiters cost no more than their places', async () => {
    const { store, surroundings, session } = await opened({ laneMax: 1_000 });
    const holder = held(store);
    await settle();
    const order: number[] = [];
    const waiting = Array.from({ length: 1_000 }, (_, i) => session.turn(() => order.push(i)));
    await settle();
    expect(await outcomeOf(session.turn(() => 'too many'))).toMatchObject({
      error: { code: 'SESSION_BUSY', message: expect.stringContaining('laneMax is 1000') },
    });
    holder.end();
    await Promise.all(waiting);
    expect(order).toEqual(Array.from({ length: 1_000 }, (_, i) => i));
    expect(surroundings.pending).toBe(0);
    await store.close();
  });
});
