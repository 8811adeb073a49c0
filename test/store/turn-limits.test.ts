/** The limit of a turn on a clock that only moves when the test says so. */
import { describe, expect, test } from 'vitest';
import { storeOver, type Turn, type Warning } from '../../src/index.ts';
import { FakeSurroundings, outcomeOf, settle, watched } from './fake-surroundings.ts';
import { stubBackend } from './stub-backend.ts';

const KEY = 'agent:main:main';

async function opened() {
  const surroundings = new FakeSurroundings();
  const warnings: Warning[] = [];
  const onWarning = (warning: Warning) => void warnings.push(warning);
  const options = { turnLimitMs: 60_000, onWarning };
  const store = await storeOver(stubBackend(), options, { surroundings, place: `${Math.E}` });
  return { store, surroundings, warnings, session: store.session(KEY) };
}

describe('a turn over its limit', () => {
  test('R11.8 is told at the limit, and loses the session after the grace', async () => {
    const { store, surroundings, warnings, session } = await opened();
    let turn: Turn | undefined;
    let fail: (error: Error) => void = () => undefined;
    const stuck = watched(
      session.turn(
        (mine) => {
          turn = mine;
          return new Promise((_, reject) => {
            fail = reject;
          });
        },
        { label: 'stuck' },
      ),
    );
    await settle();
    const next = session.turn(() => 'next');

    await surroundings.pass(59_999);
    expect(turn?.signal.aborted).toBe(false);
    await surroundings.pass(1);
    expect(turn?.signal.reason).toMatchObject({ code: 'TURN_LOST', key: KEY });
    expect(warnings).toMatchObject([{ code: 'TURN_OVER_LIMIT', key: KEY }]);
    expect(warnings[0]?.message).toContain("Turn 1 'stuck'");
    expect(warnings[0]?.message).toContain('60000 ms');
    await turn?.update({ lastWord: true });

    await surroundings.pass(4_999);
    expect(await outcomeOf(next)).toBe('pending');
    expect(await outcomeOf(stuck)).toBe('pending');
    await surroundings.pass(1);
    expect(await outcomeOf(stuck)).toMatchObject({ error: { code: 'TURN_LOST' } });
    expect(await outcomeOf(next)).toEqual({ value: 'next' });
    await expect(turn?.update({ late: true })).rejects.toMatchObject({ code: 'TURN_LOST' });

    fail(new Error('the provider hung up'));
    await settle();
    expect(warnings).toMatchObject([{}, { code: 'TURN_FAILED_LATE', key: KEY }]);
    expect(warnings[1]?.message).toContain('the provider hung up');
    expect((await session.read())?.entry).toEqual({ lastWord: true });
    await store.close();
    expect(surroundings.pending).toBe(0);
  });

  test('its own limit and grace go before those of the store', async () => {
    const { store, surroundings, session } = await opened();
    const stuck = watched(
      session.turn(() => new Promise(() => undefined), { limitMs: 10, graceMs: 0 }),
    );
    await surroundings.pass(9);
    expect(await outcomeOf(stuck)).toBe('pending');
    await surroundings.pass(1);
    expect(await outcomeOf(stuck)).toMatchObject({ error: { code: 'TURN_LOST' } });
    await store.close();
  });

  test('a turn that ends before has its timers taken back', async () => {
    const { store, surroundings, warnings, session } = await opened();
    await session.turn(() => undefined);
    await session.turn(() => Promise.reject(new Error('mine'))).catch(() => 'expected');
    expect(surroundings.pending).toBe(0);
    await surroundings.pass(100_000);
    expect(warnings).toEqual([]);
    await store.close();
  });

  test('the limit counts from the beginning of the turn, not of the wait', async () => {
    const { store, surroundings, session, warnings } = await opened();
    let end: () => void = () => undefined;
    const holder = session.turn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await settle();
    const second = session.turn(() => 'second');
    await surroundings.pass(59_000);
    end();
    await holder;
    await surroundings.pass(2_000);
    expect(await outcomeOf(second)).toEqual({ value: 'second' });
    expect(warnings).toEqual([]);
    await store.close();
  });
});
