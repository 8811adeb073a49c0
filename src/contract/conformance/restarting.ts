/**
 * Opening again: what was there is there, and a later store of the same instance name fences the
 * one before it, so that an in-place restart that forgot to close leaves nothing held.
 */
import assert from 'node:assert/strict';
import type { Turn } from '../store.ts';
import { collect, gate, type Law, refused } from './trial.ts';

export function restarting(law: Law): void {
  const pair: Law = (title, run, needs) => law(title, run, { ...needs, another: true });

  pair('R10.3 after 20 restarts the main session has its id and its transcript', async (t) => {
    const main = t.session('main');
    const { sessionId } = await main.update({ label: 'main' });
    const record = await main.append({ type: 'note', text: 'first' });
    for (let restart = 0; restart < 20; restart += 1) {
      const store = await t.another();
      for (const tail of ['boot', 'cron:nightly', 'main:heartbeat', `subagent:${restart}`]) {
        await store.session(t.key(tail)).turn((turn) => turn.append({ type: 'note', restart }));
      }
      await store.close();
    }
    assert.equal((await main.read())?.sessionId, sessionId);
    assert.deepEqual(await collect(main.transcript()), [record]);
    assert.equal((await collect(t.session('boot').transcript())).length, 20);
  });

  pair('R11.1 a later store of the same instance fences the earlier one', async (t) => {
    const instance = `fenced-${t.agentId}`;
    const early = await t.another({ instance });
    const session = early.session(t.key());
    const hold = gate();
    const begun = gate();
    let old: Turn | undefined;
    const running = session.turn(async (turn) => {
      old = turn;
      begun.open();
      await hold.opened;
    });
    await begun.opened;
    const waiting = refused('STORE_CLOSED', () => session.turn(() => assert.fail('it ran')));

    const late = await t.another({ instance });
    await waiting;
    assert.ok(old?.signal.aborted);
    await refused('STORE_CLOSED', () => session.update({ by: 'early' }));
    await refused('STORE_CLOSED', () => old?.update({ by: 'early' }));
    const next = late.session(t.key());
    assert.equal(await next.turn(() => 'free', { whenBusy: 'reject' }), 'free', 'locks are free');
    await next.update({ by: 'late' });
    hold.open();
    await running;
    await early.close();
    assert.equal((await next.read())?.entry.by, 'late');
  });

  pair('stores of other instances are not fenced', async (t) => {
    const one = await t.another({ instance: `one-${t.agentId}` });
    await t.another({ instance: `two-${t.agentId}` });
    await t.another();
    await one.session(t.key()).update({ a: 1 });
    assert.equal((await t.session().read())?.entry.a, 1);
  });
}
