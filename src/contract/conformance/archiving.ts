/**
 * A reset begins a new conversation and keeps the former one, in one step. What was archived can be
 * read, and made active again.
 */
import assert from 'node:assert/strict';
import { collect, gate, type Law, refused } from './trial.ts';

const note = (text: string) => ({ type: 'note', text });

export function archiving(law: Law): void {
  law(
    'R5.5 a reset resolves to a state with a new session id, which the next read shows',
    async (t) => {
      const session = t.session();
      const before = await session.update({ model: 'opus' });
      const after = await session.reset({ reason: 'new' });
      assert.equal(after.rev, before.rev + 1);
      assert.notEqual(after.sessionId, before.sessionId);
      assert.equal(after.createdAt, before.createdAt);
      assert.ok(after.updatedAt >= before.updatedAt);
      assert.deepEqual(await session.read(), after);
      const record = await session.append(note('next'));
      assert.equal(record.parentId, null, 'the next message begins the new conversation');
    },
  );

  law('R5.1 the former conversation is listed with its entry and reason, and opens', async (t) => {
    const session = t.session();
    const before = await session.update({ model: 'opus', tokens: 7 });
    const records = [await session.append(note('one')), await session.append(note('two'))];
    const started = Date.now();
    await session.reset({ reason: 'daily', keep: ['model'] });
    const [archive, ...rest] = await session.archives();
    assert.equal(rest.length, 0);
    assert.equal(archive?.sessionId, before.sessionId);
    assert.deepEqual({ ...archive?.entry }, { model: 'opus', tokens: 7 });
    assert.equal(archive?.reason, 'daily');
    assert.equal(archive?.createdAt, before.createdAt);
    assert.ok(Math.abs((archive?.archivedAt ?? 0) - started) < 60_000);
    assert.ok((archive?.bytes ?? 0) > 0);
    const { sessionId } = before;
    assert.deepEqual(await collect(session.transcript({ sessionId })), records);
    assert.deepEqual(await collect(session.transcript()), []);
  });

  law('archives are newest first, and empty where nothing was archived', async (t) => {
    const session = t.session();
    assert.deepEqual(await session.archives(), []);
    const ids = [(await session.update({ n: 0 })).sessionId];
    assert.deepEqual(await session.archives(), []);
    for (let i = 1; i <= 4; i += 1) ids.push((await session.reset({ reason: `r${i}` })).sessionId);
    const listed = await session.archives();
    assert.deepEqual(
      listed.map((archive) => archive.sessionId),
      ids.slice(0, 4).reverse(),
    );
    assert.deepEqual(
      listed.map((archive) => archive.reason),
      ['r4', 'r3', 'r2', 'r1'],
    );
    for (const archive of listed) assert.ok(archive.createdAt <= archive.archivedAt);
  });

  law('keep says what the new conversation takes along', async (t) => {
    const entry = { model: 'opus', tokens: 7, label: 'mine' };
    const kept = async (tail: string, keep?: 'all' | 'none' | string[]) => {
      const session = t.session(tail);
      await session.update(entry);
      return { ...(await session.reset(keep === undefined ? {} : { keep })).entry };
    };
    assert.deepEqual(await kept('x:default'), entry);
    assert.deepEqual(await kept('x:all', 'all'), entry);
    assert.deepEqual(await kept('x:none', 'none'), {});
    assert.deepEqual(await kept('x:some', ['model', 'not there']), { model: 'opus' });
    assert.deepEqual(await kept('x:nothing', []), {});
  });

  law('a reset of a missing session creates it at revision 1, with nothing archived', async (t) => {
    const state = await t.session().reset();
    assert.equal(state.rev, 1);
    assert.deepEqual(await t.session().archives(), []);
    await refused('SESSION_GONE', () => t.session('x:other').reset({ ifExists: true }));
  });

  law(
    'R1.5 an update that was in flight during a reset leaves the new session id in place',
    async (t) => {
      const session = t.session();
      await session.update({ n: 0 });
      const updates = Array.from({ length: 10 }, (_, n) => session.update({ n }));
      const reset = session.reset();
      const later = Array.from({ length: 10 }, (_, n) => session.update({ m: n }));
      const { sessionId } = await reset;
      await Promise.all([...updates, ...later]);
      assert.equal((await session.read())?.sessionId, sessionId);
      assert.equal((await session.archives()).length, 1);
    },
  );

  law('R2.4 a reset wins over a running turn, which can write nothing any more', async (t) => {
    const session = t.session();
    await session.update({ by: 'nobody' });
    const hold = gate();
    await session.turn(async (turn) => {
      await turn.append(note('before'));
      const after = await session.reset();
      assert.ok(turn.signal.aborted);
      await refused('TURN_LOST', () => turn.update({ by: 'turn' }));
      await refused('TURN_LOST', () => turn.append(note('after')));
      assert.deepEqual(await session.read(), after);
      assert.equal(after.turn, undefined);
      hold.open();
    });
    await hold.opened;
    assert.deepEqual(await collect(session.transcript()), []);
    assert.equal(await session.turn(() => 'next', { whenBusy: 'reject' }), 'next');
  });

  law(
    'after a reset the next turn begins at once, while the old function still runs',
    async (t) => {
      const session = t.session();
      const hold = gate();
      const begun = gate();
      const old = session.turn(async () => {
        begun.open();
        await hold.opened;
        return 'old';
      });
      await begun.opened;
      await session.reset();
      assert.equal(await session.turn(() => 'new'), 'new');
      hold.open();
      assert.equal(await old, 'old');
    },
  );

  law('R5.6 restore makes a conversation active again and archives the active one', async (t) => {
    const session = t.session();
    const first = await session.update({ model: 'one' });
    const record = await session.append(note('one'));
    await session.reset({ keep: 'none' });
    const second = await session.update({ model: 'two' });
    await session.append(note('two'));

    const restored = await session.restore(first.sessionId);
    assert.equal(restored.sessionId, first.sessionId);
    assert.equal(restored.rev, second.rev + 1);
    assert.deepEqual({ ...restored.entry }, { model: 'one' });
    assert.deepEqual(await session.read(), restored);
    assert.deepEqual(await collect(session.transcript()), [record]);
    assert.equal((await session.append(note('three'))).parentId, record.id);

    const listed = await session.archives();
    assert.deepEqual(
      listed.map((archive) => archive.sessionId),
      [second.sessionId],
    );
    assert.deepEqual({ ...listed[0]?.entry }, { model: 'two' });
    const back = await session.restore(second.sessionId);
    assert.deepEqual({ ...back.entry }, { model: 'two' });
    assert.equal((await collect(session.transcript()))[0]?.text, 'two');
  });

  law('C.9 a restore of the conversation that is active changes nothing', async (t) => {
    await t.session().update({ a: 1 });
    const before = await t.session().reset();
    assert.deepEqual(await t.session().restore(before.sessionId), before);
    assert.equal((await t.session().archives()).length, 1);
  });

  law('C.5 a restore of what does not exist is SESSION_GONE', async (t) => {
    const unknown = '01890000-0000-7000-8000-000000000000';
    await refused('SESSION_GONE', () => t.session().restore(unknown));
    const before = await t.session().update({ a: 1 });
    await refused('SESSION_GONE', () => t.session().restore(unknown));
    assert.deepEqual(await t.session().read(), before);
  });

  law('C.3 restore: its preconditions are checked', async (t) => {
    const session = t.session();
    const first = await session.update({ a: 1 });
    const before = await session.reset();
    await refused('REV_CONFLICT', () => session.restore(first.sessionId, { ifRev: 1 }));
    const { sessionId } = first;
    await refused('SESSION_CHANGED', () => session.restore(sessionId, { ifSessionId: sessionId }));
    assert.deepEqual(await session.read(), before);
  });

  law('R5.3 an archived conversation is no session of its own', async (t) => {
    const { sessionId } = await t.session().update({ a: 1 });
    await t.session().reset();
    const rows = await collect(t.store.list({ agentId: t.agentId }));
    assert.equal(rows.length, 1);
    assert.notEqual(rows[0]?.sessionId, sessionId);
  });

  law('an update is the same after 50 resets', async (t) => {
    const session = t.session();
    await session.update({ n: 0 });
    for (let i = 0; i < 50; i += 1) await session.reset();
    const state = await session.update({ n: 1 });
    assert.equal(state.rev, 52);
    assert.equal((await session.archives()).length, 50);
  });
}
