/** Turns of two stores on one location exclude each other, as those of two processes do. */
import assert from 'node:assert/strict';
import type { Turn } from '../store.ts';
import { both, collect, gate, type Law, refused } from './trial.ts';

const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });

export function twoStoresTurns(law: Law): void {
  const pair: Law = (title, run, needs) => law(title, run, { ...needs, another: true });

  pair('turns of both stores exclude each other', async (t) => {
    const [a, b] = await both(t);
    let inside = 0;
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        (i % 2 ? a : b).turn(async (turn) => {
          inside += 1;
          assert.equal(inside, 1);
          await turn.update(increment);
          inside -= 1;
        }),
      ),
    );
    assert.equal((await a.read())?.entry.n, 10);
  });

  pair('R10.7 a turn of the other store is refused with the name of its holder', async (t) => {
    const [a, b] = await both(t);
    const hold = gate();
    const begun = gate();
    const running = a.turn(
      async () => {
        begun.open();
        await hold.opened;
      },
      { label: 'over there' },
    );
    await begun.opened;
    for (const options of [{ whenBusy: 'reject' } as const, { waitMs: 40 }]) {
      const error = await refused('SESSION_BUSY', () => b.turn(() => assert.fail('ran'), options));
      assert.ok(error.message.includes('over there'), error.message);
      assert.ok(error.message.includes(t.store.instance));
    }
    assert.equal((await b.read())?.turn?.label, 'over there');
    hold.open();
    await running;
    assert.equal(await b.turn(() => 'free'), 'free');
  });

  pair(
    'R6.6 a nested turn is refused through another store of the same location, too',
    async (t) => {
      const [a, b] = await both(t);
      await a.turn(() => refused('SESSION_BUSY', () => b.turn(() => assert.fail('it ran'))));
      assert.equal(await b.turn(() => 'free'), 'free');
    },
  );

  pair('a turn of the other store can be interrupted and overtaken', async (t) => {
    const [a, b] = await both(t);
    const hold = gate();
    const begun = gate();
    let old: Turn | undefined;
    const running = a.turn(async (turn) => {
      old = turn;
      begun.open();
      await hold.opened;
    });
    await begun.opened;
    await b.turn(
      async (turn) => {
        assert.equal(turn.previous?.ended, 'overtaken');
        await refused('TURN_LOST', () => old?.update({ by: 'old' }));
        await refused('TURN_LOST', () => old?.append({ type: 'old' }));
        await turn.update({ by: 'new' });
      },
      { whenBusy: 'interrupt', graceMs: 50 },
    );
    await t.until('the old one is told', () => old?.signal.aborted === true);
    hold.open();
    await running;
    assert.equal((await a.read())?.entry.by, 'new');
    assert.equal((await b.read())?.turn, undefined);
  });

  pair('a newcomer that interrupts goes before one that waits for the other store', async (t) => {
    const [a, b, other] = await both(t);
    const begun = gate();
    const running = a.turn(async (turn) => {
      begun.open();
      await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
    });
    await begun.opened;
    const order: string[] = [];
    const waiting = b.turn(() => order.push('waiting'));
    await t.until('it waits', () => other.lanes()[0]?.waiting === 1);
    const urgent = b.turn(() => order.push('urgent'), { whenBusy: 'interrupt' });
    await Promise.all([running, waiting, urgent]);
    assert.deepEqual(order, ['urgent', 'waiting']);
  });

  pair('a turn is lost when the other store resets or removes its session', async (t) => {
    const [a, b] = await both(t);
    for (const end of [() => b.reset(), () => b.remove()]) {
      await a.turn(async (turn) => {
        await turn.update(increment);
        await end();
        await refused('TURN_LOST', () => turn.update(increment));
        await t.until('it is told', () => turn.signal.aborted);
      });
      assert.equal(await b.turn(() => 'free', { whenBusy: 'reject' }), 'free');
    }
  });

  pair('a turn of a removed session can not write into a turn that follows it', async (t) => {
    const [a, b] = await both(t);
    const begun = gate();
    const hold = gate();
    let old: Turn | undefined;
    const running = a.turn(async (turn) => {
      old = turn;
      begun.open();
      await hold.opened;
    });
    await begun.opened;
    await b.remove();
    await b.turn(async (turn) => {
      await turn.update({ by: 'new' });
      await refused('TURN_LOST', () => old?.update({ by: 'old' }));
      await refused('TURN_LOST', () => old?.append({ type: 'old' }));
    });
    hold.open();
    await running;
    assert.deepEqual({ ...(await b.read())?.entry }, { by: 'new' });
    assert.deepEqual(await collect(b.transcript()), []);
  });
}
