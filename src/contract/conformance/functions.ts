/**
 * A function given to `update` is the heart of a read-modify-write: it sees the latest entry inside
 * the commit, it is synchronous, and nothing is written when it fails.
 */
import assert from 'node:assert/strict';
import { type Law, refused } from './trial.ts';

const count = (entry: { count?: number }) => ({ count: (entry.count ?? 0) + 1 });

export function functions(law: Law): void {
  law('a function sees the latest entry and returns the patch', async (t) => {
    const session = t.session();
    assert.deepEqual({ ...(await session.update(count)).entry }, { count: 1 });
    await session.update({ count: 10, other: true });
    const state = await session.update(count);
    assert.deepEqual({ ...state.entry }, { count: 11, other: true });
    assert.equal(state.rev, 3);
  });

  law('100 concurrent increments of one session make 100', async (t) => {
    const session = t.session();
    const states = await Promise.all(Array.from({ length: 100 }, () => session.update(count)));
    assert.equal((await session.read())?.entry.count, 100);
    const revs = states.map((state) => state.rev).sort((a, b) => a - b);
    assert.deepEqual(
      revs,
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });

  law('R2.2 a field that a tool changed during the turn keeps the value of the tool', async (t) => {
    const session = t.session();
    await session.update({ model: 'opus', turns: 0 });
    await session.turn(async (turn) => {
      const atStart = await turn.read();
      await session.update({ model: 'haiku' });
      await turn.update((entry) => ({ turns: entry.turns + 1 }));
      assert.equal(atStart?.entry.model, 'opus');
    });
    assert.deepEqual({ ...(await session.read())?.entry }, { model: 'haiku', turns: 1 });
  });

  law('what the function throws comes out as it is, and nothing was written', async (t) => {
    const session = t.session();
    const before = await session.update({ a: 1 });
    const mine = new RangeError('mine');
    const thrown = await session
      .update(() => {
        throw mine;
      })
      .catch((error: unknown) => error);
    assert.equal(thrown, mine);
    assert.deepEqual(await session.read(), before);
    assert.equal((await session.update({ a: 2 })).rev, 2, 'the session is not stuck');
  });

  law('a function that fails on a missing session does not create it', async (t) => {
    const fails = () => {
      throw new RangeError('mine');
    };
    await assert.rejects(t.session().update(fails), RangeError);
    assert.equal(await t.session().read(), undefined);
  });

  law('a function that returns a promise is refused, and nothing was written', async (t) => {
    const session = t.session();
    const before = await session.update({ a: 1 });
    const later = async () => ({ a: 2 });
    await assert.rejects(session.update(later as never), TypeError);
    const failsLater = async () => {
      throw new Error('nobody hears this');
    };
    await assert.rejects(session.update(failsLater as never), TypeError);
    await assert.rejects(session.update(Promise.resolve({ a: 3 }) as never), TypeError);
    assert.deepEqual(await session.read(), before);
  });

  law('what the function returns is checked like any patch', async (t) => {
    const session = t.session();
    const before = await session.update({ a: 1 });
    for (const wrong of [
      undefined,
      null,
      1,
      'x',
      [],
      { a: Number.NaN },
      { f: () => 1 },
      { n: 1n },
    ]) {
      await refused('INVALID_ENTRY', () => session.update(() => wrong as never));
    }
    assert.deepEqual(await session.read(), before);
  });
}
