/** A removed session is gone with its records and archives; the key begins afresh. */
import assert from 'node:assert/strict';
import { collect, type Law, refused } from './trial.ts';

export function removing(law: Law): void {
  law('remove is true for a session and false for nothing', async (t) => {
    assert.equal(await t.session().remove(), false);
    await t.session().update({ a: 1 });
    assert.equal(await t.session().remove(), true);
    assert.equal(await t.session().remove(), false);
    assert.equal(await t.session().read(), undefined);
  });

  law('R5.6 what was removed is gone with its records and archives', async (t) => {
    const session = t.session();
    const { sessionId } = await session.update({ a: 1 });
    await session.append({ type: 'note' }, { id: 'x' });
    await session.reset();
    await session.append({ type: 'note' });
    await session.remove();
    assert.deepEqual(await session.archives(), []);
    await refused('SESSION_GONE', () => collect(session.transcript()));
    await refused('SESSION_GONE', () => collect(session.transcript({ sessionId })));
    await refused('SESSION_GONE', () => session.restore(sessionId));
    assert.deepEqual(await collect(t.store.list({ agentId: t.agentId })), []);
  });

  law('the key begins afresh at revision 1 with a new session id', async (t) => {
    const session = t.session();
    const before = await session.update({ a: 1 });
    await session.update({ a: 2 });
    await session.append({ type: 'note', text: 'old' }, { id: 'x' });
    await session.remove();
    const after = await session.update({ b: 1 });
    assert.equal(after.rev, 1);
    assert.notEqual(after.sessionId, before.sessionId);
    assert.deepEqual({ ...after.entry }, { b: 1 });
    assert.deepEqual(await collect(session.transcript()), []);
    const record = await session.append({ type: 'note', text: 'new' }, { id: 'x' });
    assert.equal(record.text, 'new');
  });

  law('R1.4 what was under way when a session was removed does not bring it back', async (t) => {
    const session = t.session();
    await session.update({ n: 0 });
    const pending = Array.from({ length: 20 }, (_, n) => session.update({ n }, { ifExists: true }));
    const removed = session.remove();
    const late = Array.from({ length: 20 }, (_, n) => session.update({ n }, { ifExists: true }));
    await Promise.allSettled([...pending, ...late]);
    assert.equal(await removed, true);
    assert.equal(await session.read(), undefined);
  });

  law(
    'R1.4 a turn of a removed session can write nothing and does not bring it back',
    async (t) => {
      const session = t.session();
      await session.turn(async (turn) => {
        await turn.update({ a: 1 });
        assert.equal(await session.remove(), true);
        assert.ok(turn.signal.aborted);
        await refused('TURN_LOST', () => turn.update({ a: 2 }));
        await refused('TURN_LOST', () => turn.append({ type: 'late' }));
      });
      assert.equal(await session.read(), undefined);
    },
  );

  law('C.3 remove: its preconditions are checked', async (t) => {
    const session = t.session();
    await session.update({ a: 1 });
    const before = await session.update({ a: 2 });
    await refused('REV_CONFLICT', () => session.remove({ ifRev: 1 }));
    await refused('SESSION_CHANGED', () =>
      session.remove({ ifSessionId: '01890000-0000-7000-8000-000000000000' }),
    );
    assert.deepEqual(await session.read(), before);
    assert.equal(await session.remove({ ifRev: 2, ifSessionId: before.sessionId }), true);
    assert.equal(await session.remove({ ifRev: 2 }), false);
  });

  law('removing and creating in turns keeps every session whole', async (t) => {
    const session = t.session();
    for (let round = 0; round < 10; round += 1) {
      assert.equal((await session.update({ round })).rev, 1);
      await session.append({ type: 'note', round });
      const read = await collect(session.transcript());
      assert.deepEqual(
        read.map((record) => record.round),
        [round],
      );
      assert.equal(await session.remove(), true);
    }
  });
}
