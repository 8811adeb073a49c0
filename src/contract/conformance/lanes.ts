/**
 * Turns of one session wait in a lane: first come first served, bounded, abortable, visible. A busy
 * session is never reported as anything else, and the refusal names who holds it.
 */
import assert from 'node:assert/strict';
import type { Trial } from './trial.ts';
import { gate, type Law, refused, told } from './trial.ts';

/** Begins a turn that runs until the gate opens. */
async function holding(t: Trial, label = 'holder') {
  const hold = gate();
  const begun = gate();
  const done = t.session().turn(
    async () => {
      begun.open();
      await hold.opened;
    },
    { label },
  );
  told(done);
  await begun.opened;
  return {
    async release() {
      hold.open();
      await done;
    },
  };
}

const lane = (t: Trial) => t.store.lanes().find((each) => each.key === t.key());

export function lanes(law: Law): void {
  law('C.6 waiting turns are served in order of arrival', async (t) => {
    const holder = await holding(t);
    const order: number[] = [];
    const waiting = Array.from({ length: 20 }, (_, i) => t.session().turn(() => order.push(i)));
    await t.until('20 wait', () => lane(t)?.waiting === 20);
    await holder.release();
    await Promise.all(waiting);
    assert.deepEqual(
      order,
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  law('C.6 the lane is visible while it runs or waits, and gone afterwards', async (t) => {
    assert.equal(lane(t), undefined);
    const holder = await holding(t);
    assert.deepEqual(lane(t), { key: t.key(), running: true, waiting: 0, oldestWaitMs: 0 });
    const next = t.session().turn(() => undefined);
    await t.until('one waits', () => (lane(t)?.waiting ?? 0) === 1);
    await t.until('its wait is counted', () => (lane(t)?.oldestWaitMs ?? 0) > 0);
    await holder.release();
    await next;
    assert.equal(lane(t), undefined);
  });

  law(
    'C.6 a full lane refuses the next one at once',
    async (t) => {
      const holder = await holding(t);
      const waiting = [t.session().turn(() => 1), t.session().turn(() => 2)];
      await t.until('two wait', () => lane(t)?.waiting === 2);
      await refused('SESSION_BUSY', () => t.session().turn(() => 3));
      await holder.release();
      assert.deepEqual(await Promise.all(waiting), [1, 2]);
    },
    { options: { laneMax: 2 } },
  );

  law(
    'R10.7 whenBusy reject refuses at once, says who holds it, and is no other failure',
    async (t) => {
      const holder = await holding(t, 'answer the mail');
      const error = await refused('SESSION_BUSY', () =>
        t.session().turn(() => undefined, { whenBusy: 'reject' }),
      );
      const turn = (await t.session().read())?.turn;
      assert.ok(error.message.includes('answer the mail'), error.message);
      assert.ok(error.message.includes(`process ${process.pid} on ${turn?.holder.host}`));
      assert.ok(error.message.includes(t.store.instance));
      assert.ok(error.message.includes(`turn ${turn?.fence}`));
      assert.ok(error.message.includes(new Date(turn?.startedAt ?? 0).toISOString()));
      assert.equal(error.key, t.key());
      assert.equal(error.retry, 'later');
      await holder.release();
      assert.equal(await t.session().turn(() => 'free', { whenBusy: 'reject' }), 'free');
    },
  );

  law('a wait ends at its deadline with SESSION_BUSY that names the holder', async (t) => {
    const holder = await holding(t, 'long');
    const error = await refused('SESSION_BUSY', () => t.session().turn(() => 1, { waitMs: 30 }));
    assert.ok(error.message.includes('long'));
    await refused('SESSION_BUSY', () => t.session().turn(() => 1, { waitMs: 0 }));
    assert.equal(lane(t)?.waiting, 0);
    await holder.release();
  });

  law('a wait ends with the reason of its signal, and the others keep their order', async (t) => {
    const holder = await holding(t);
    const abort = new AbortController();
    const reason = new Error('no longer needed');
    const order: string[] = [];
    const first = t.session().turn(() => order.push('first'));
    const second = t.session().turn(() => order.push('second'), { signal: abort.signal });
    const third = t.session().turn(() => order.push('third'));
    await t.until('three wait', () => lane(t)?.waiting === 3);
    abort.abort(reason);
    assert.equal(await second.catch((error: unknown) => error), reason);
    assert.equal(lane(t)?.waiting, 2);
    await holder.release();
    await Promise.all([first, third]);
    assert.deepEqual(order, ['first', 'third']);
  });

  law('a signal that was aborted before refuses the turn with its reason', async (t) => {
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    const thrown = await t
      .session()
      .turn(() => assert.fail('it ran'), { signal })
      .catch((error: unknown) => error);
    assert.equal(thrown, reason);
    assert.equal(lane(t), undefined);
  });

  law('after the turn began the signal of the caller aborts the signal of the turn', async (t) => {
    const abort = new AbortController();
    const reason = new Error('stop it');
    await t.session().turn(
      async (turn) => {
        abort.abort(reason);
        assert.equal(turn.signal.reason, reason);
        await turn.update({ stillMine: true });
      },
      { signal: abort.signal },
    );
    assert.equal((await t.session().read())?.entry.stillMine, true);
  });

  law('R10.5 a turn that gave up its wait leaves nothing behind', async (t) => {
    const holder = await holding(t);
    for (let i = 0; i < 10; i += 1) {
      await refused('SESSION_BUSY', () => t.session().turn(() => 1, { waitMs: 1 }));
    }
    await holder.release();
    assert.equal(lane(t), undefined);
    assert.equal(await t.session().turn(() => 'free', { whenBusy: 'reject' }), 'free');
  });
}
