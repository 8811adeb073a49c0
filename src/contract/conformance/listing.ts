/** Rows of the sessions, without their entries: each with its own key and agent. */
import assert from 'node:assert/strict';
import type { ListOptions } from '../store.ts';
import { collect, type Law, type Trial } from './trial.ts';

const keys = async (t: Trial, options: ListOptions = {}) =>
  (await collect(t.store.list({ agentId: t.agentId, ...options }))).map((row) => row.key);

export function listing(law: Law): void {
  law('C.5 the list of an agent without sessions is empty', async (t) => {
    assert.deepEqual(await keys(t), []);
  });

  law('R9.1 a row carries what belongs to its own session', async (t) => {
    const state = await t.session('slack:channel:c1').update({ displayName: 'Team', x: 1 });
    const [row, ...rest] = await collect(t.store.list({ agentId: t.agentId }));
    assert.equal(rest.length, 0);
    assert.deepEqual(
      { ...row },
      {
        key: t.key('slack:channel:c1'),
        agentId: t.agentId,
        rev: state.rev,
        sessionId: state.sessionId,
        createdAt: state.createdAt,
        updatedAt: state.updatedAt,
        channel: 'slack',
        label: 'Team',
      },
    );
  });

  law('the newest comes first, or the order is that of the keys', async (t) => {
    const tails = ['x:b', 'x:c', 'x:a'];
    let latest = 0;
    for (const tail of tails) {
      // The clock decides the order, so each must be committed in a later millisecond.
      let updatedAt = 0;
      await t.until('the clock goes on', async () => {
        updatedAt = (await t.session(tail).update((entry) => ({ n: !entry.n }))).updatedAt;
        return updatedAt > latest;
      });
      latest = updatedAt;
    }
    const rows = await collect(t.store.list({ agentId: t.agentId }));
    const times = rows.map((row) => row.updatedAt);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
    );
    assert.equal(rows[0]?.key, t.key('x:a'));
    assert.deepEqual(await keys(t, { order: 'key' }), ['x:a', 'x:b', 'x:c'].map(t.key));
  });

  law('a list can be narrowed by agent, channel and time, and limited', async (t) => {
    const slack = await t.session('slack:channel:c1').update({ a: 1 });
    const telegram = await t.session('telegram:group:-100').update({ a: 1 });
    await t.session('main').update({ lastChannel: 'slack' });
    assert.equal((await keys(t)).length, 3);
    assert.deepEqual(await keys(t, { channel: 'telegram' }), [telegram.key]);
    assert.deepEqual(await keys(t, { channel: 'slack', order: 'key' }), [t.key('main'), slack.key]);
    assert.deepEqual(await keys(t, { channel: 'signal' }), []);
    assert.equal((await keys(t, { limit: 2 })).length, 2);
    assert.equal((await keys(t, { limit: 0 })).length, 0);
    assert.equal((await keys(t, { updatedAfter: slack.createdAt - 1 })).length, 3);
    assert.deepEqual(await keys(t, { updatedBefore: slack.createdAt - 1 }), []);
    assert.equal((await keys(t, { updatedAfter: new Date(slack.createdAt - 1) })).length, 3);
    assert.deepEqual(await keys(t, { updatedAfter: new Date(Date.now() + 3_600_000) }), []);
  });

  law('a list shows what resolved before it began', async (t) => {
    for (let i = 0; i < 30; i += 1) {
      const state = await t.session(`x:${i}`).update({ i });
      const row = (await collect(t.store.list({ agentId: t.agentId }))).find(
        (each) => each.key === state.key,
      );
      assert.equal(row?.rev, state.rev);
      if (i % 3 === 0) {
        await t.session(`x:${i}`).remove();
        assert.ok(!(await keys(t)).includes(state.key));
      }
    }
    assert.equal((await keys(t)).length, 20);
  });

  law('a list shows updates, resets and labels of sessions that it listed before', async (t) => {
    await t.session().update({ label: 'old' });
    assert.equal((await collect(t.store.list({ agentId: t.agentId })))[0]?.label, 'old');
    await t.session().update({ label: 'new' });
    const { sessionId } = await t.session().reset();
    const [row] = await collect(t.store.list({ agentId: t.agentId }));
    assert.equal(row?.label, 'new');
    assert.equal(row?.sessionId, sessionId);
    assert.equal(row?.rev, 3);
  });

  law('a list can be left in the middle and begun again', async (t) => {
    for (let i = 0; i < 5; i += 1) await t.session(`x:${i}`).update({ i });
    const rows = t.store.list({ agentId: t.agentId });
    for await (const row of rows) if (row.key) break;
    assert.equal((await collect(rows)).length, 5);
  });

  law('what happens while a list is read neither hides nor doubles another session', async (t) => {
    for (let i = 0; i < 50; i += 1) await t.session(`x:${i}`).update({ i });
    const seen: string[] = [];
    for await (const row of t.store.list({ agentId: t.agentId })) {
      seen.push(row.key);
      await t.session(`x:${seen.length % 50}`).update({ touched: seen.length });
    }
    assert.equal(seen.length, 50);
    assert.equal(new Set(seen).size, 50);
  });
}
