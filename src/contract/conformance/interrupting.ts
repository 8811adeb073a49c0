/**
 * A running turn can be asked to stop. One that does not end within its grace is overtaken: from
 * then on nothing can be written through it, and the newcomer learns of it.
 */
import assert from 'node:assert/strict';
import type { Turn } from '../store.ts';
import { gate, type Law, refused, type Trial, told } from './trial.ts';

const NEVER_MS = 60_000;

/** A turn that ends as soon as its signal is aborted. */
function polite(t: Trial) {
  const begun = gate();
  const done = t.session().turn(
    async (turn) => {
      begun.open();
      await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
      await turn.update({ lastWord: 'polite' });
      return turn.signal.reason as Error;
    },
    { label: 'polite' },
  );
  told(done);
  return { begun: begun.opened, done };
}

/** A turn that ignores its signal until the gate opens. */
function deaf(t: Trial) {
  const begun = gate();
  const hold = gate();
  let turn: Turn | undefined;
  const done = t.session().turn(
    async (mine) => {
      turn = mine;
      begun.open();
      await hold.opened;
    },
    { label: 'deaf' },
  );
  told(done);
  return {
    begun: begun.opened,
    turn: () => turn as Turn,
    release() {
      hold.open();
      return done;
    },
  };
}

export function interrupting(law: Law): void {
  law('interrupt asks the running turn to stop, and resolves when it has ended', async (t) => {
    const running = polite(t);
    await running.begun;
    assert.equal(
      await t.session().interrupt({ graceMs: NEVER_MS, reason: 'user typed stop' }),
      true,
    );
    const reason = await running.done;
    assert.ok(reason.message.includes('user typed stop'), reason.message);
    const state = await t.session().read();
    assert.equal(state?.turn, undefined);
    assert.equal(state?.entry.lastWord, 'polite', 'a turn that was asked to stop may still write');
  });

  law('interrupt of a session without a running turn is false', async (t) => {
    assert.equal(await t.session().interrupt(), false);
    await t.session().turn(() => undefined);
    assert.equal(await t.session().interrupt(), false);
  });

  law('a turn that does not stop within its grace is lost', async (t) => {
    const running = deaf(t);
    await running.begun;
    assert.equal(await t.session().interrupt({ graceMs: 20 }), true);
    assert.ok(running.turn().signal.aborted);
    await refused('TURN_LOST', () => running.turn().update({ a: 1 }));
    await refused('TURN_LOST', () => running.turn().append({ type: 'late' }));
    assert.equal((await t.session().read())?.turn, undefined);
    assert.equal((await t.session().read())?.entry.a, undefined);
    await running.release();
  });

  law('that somebody asked it to stop is visible', async (t) => {
    const running = deaf(t);
    await running.begun;
    const asked = t.session().interrupt({ graceMs: NEVER_MS, reason: 'look at me' });
    await t.until('the turn shows it', async () => {
      const turn = (await t.session().read())?.turn;
      return turn?.interrupted?.reason === 'look at me' && turn.status === 'running';
    });
    await running.release();
    assert.equal(await asked, true);
  });

  law('whenBusy interrupt takes over from a turn that ends in time', async (t) => {
    const running = polite(t);
    await running.begun;
    const previous = await t
      .session()
      .turn((turn) => turn.previous ?? 'none', { whenBusy: 'interrupt', graceMs: NEVER_MS });
    assert.equal(previous, 'none', 'it ended by itself');
    await running.done;
  });

  law(
    'R11.8 whenBusy interrupt overtakes a turn that does not, which is told before',
    async (t) => {
      const running = deaf(t);
      await running.begun;
      const { fence } = running.turn();
      await t.session().turn(
        async (turn) => {
          assert.ok(running.turn().signal.aborted, 'told before anyone else got in');
          assert.ok(turn.fence > fence);
          assert.equal(turn.previous?.ended, 'overtaken');
          assert.equal(turn.previous?.fence, fence);
          assert.equal(turn.previous?.label, 'deaf');
          assert.equal(turn.previous?.holder.pid, process.pid);
          await turn.update({ by: 'newcomer' });
          await refused('TURN_LOST', () => running.turn().update({ by: 'old' }));
        },
        { whenBusy: 'interrupt', graceMs: 20 },
      );
      await running.release();
      assert.equal((await t.session().read())?.entry.by, 'newcomer');
      assert.equal((await t.session().read())?.turn, undefined);
    },
  );

  law('C.4 the end of an overtaken turn does not end the turn of the newcomer', async (t) => {
    const running = deaf(t);
    await running.begun;
    await t.session().turn(
      async (turn) => {
        await running.release();
        await turn.update({ by: 'newcomer' });
        assert.equal((await t.session().read())?.turn?.fence, turn.fence);
      },
      { whenBusy: 'interrupt', graceMs: 0 },
    );
    assert.equal((await t.session().read())?.entry.by, 'newcomer');
  });

  law('a newcomer that interrupts goes before those that wait', async (t) => {
    const running = polite(t);
    await running.begun;
    const order: string[] = [];
    const waiting = t.session().turn(() => order.push('waiting'));
    await t.until('one waits', () => t.store.lanes()[0]?.waiting === 1);
    const urgent = t.session().turn(() => order.push('urgent'), {
      whenBusy: 'interrupt',
      graceMs: NEVER_MS,
    });
    await Promise.all([running.done, waiting, urgent]);
    assert.deepEqual(order, ['urgent', 'waiting']);
  });

  law('whenBusy interrupt of a free session just begins', async (t) => {
    assert.equal(await t.session().turn(() => 'begun', { whenBusy: 'interrupt' }), 'begun');
  });
}
