/**
 * The entry of a session: a flat object of open fields. A commit sets, replaces and removes top-level
 * fields and nothing else; the revision counts commits; what is not there is `undefined`, not empty.
 */
import assert from 'node:assert/strict';
import type { Law } from './trial.ts';

export function entries(law: Law): void {
  law(
    'C.5 a session that was never written is undefined, not empty and not an error',
    async (t) => {
      assert.equal(await t.session().read(), undefined);
      assert.equal(await t.session('slack:channel:c2').read(), undefined);
    },
  );

  law('the first update creates the session at revision 1 with a new session id', async (t) => {
    const before = Date.now();
    const state = await t.session().update({ model: 'opus' });
    assert.equal(state.key, t.key());
    assert.equal(state.agentId, t.agentId);
    assert.equal(state.rev, 1);
    assert.deepEqual({ ...state.entry }, { model: 'opus' });
    assert.match(
      state.sessionId,
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
    );
    assert.ok(state.createdAt >= before - 1_000 && state.createdAt <= Date.now() + 1_000);
    assert.equal(state.updatedAt, state.createdAt);
    assert.equal(state.turn, undefined);
    assert.deepEqual(await t.session().read(), state);
  });

  law('an empty patch creates a missing session and then changes nothing', async (t) => {
    const first = await t.session().update({});
    assert.equal(first.rev, 1);
    assert.deepEqual({ ...first.entry }, {});
    assert.deepEqual(await t.session().update({}), first);
  });

  law('C.4 the revision rises by one at each commit and is stored with the entry', async (t) => {
    const session = t.session();
    for (let rev = 1; rev <= 20; rev += 1) {
      assert.equal((await session.update({ count: rev })).rev, rev);
      const read = await session.read();
      assert.equal(read?.rev, rev);
      assert.equal(read?.entry.count, rev);
    }
  });

  law('C.9 a write that changes nothing writes nothing', async (t) => {
    const session = t.session();
    const written = await session.update({ a: 1, deep: { x: [1, { y: 2 }], z: null } });
    for (const same of [
      {},
      { a: 1 },
      { deep: { z: null, x: [1, { y: 2 }] } },
      { missing: null },
      { a: undefined, other: undefined },
    ]) {
      assert.deepEqual(await session.update(same), written);
    }
    assert.deepEqual(await session.update(() => ({ a: 1 })), written);
  });

  law('a patch replaces whole fields and leaves the others alone', async (t) => {
    const session = t.session();
    await session.update({ keep: 'me', nested: { a: 1, b: 2 }, list: [1, 2, 3] });
    const state = await session.update({ nested: { c: 3 }, list: [] });
    assert.deepEqual({ ...state.entry }, { keep: 'me', nested: { c: 3 }, list: [] });
  });

  law('R2.3 a field that is undefined in a patch keeps its value; null removes it', async (t) => {
    const session = t.session();
    await session.update({ a: 1, b: 2 });
    const kept = await session.update({ a: undefined, c: 3 });
    assert.deepEqual({ ...kept.entry }, { a: 1, b: 2, c: 3 });
    const removed = await session.update({ a: null });
    assert.deepEqual({ ...removed.entry }, { b: 2, c: 3 });
    assert.equal(Object.hasOwn(removed.entry, 'a'), false);
    assert.deepEqual(await session.read(), removed);
  });

  law('R8.1 an entry without a transcript path survives unchanged', async (t) => {
    const session = t.session();
    const state = await session.update({ lastChannel: 'slack', systemSent: true });
    await session.append({ type: 'message', message: { role: 'user', content: 'hi' } });
    assert.deepEqual((await session.read())?.entry, state.entry);
  });

  law('R8.4 fields that nobody here knows survive a round trip', async (t) => {
    const unknown = {
      fromTheFuture: { nested: [{ deeper: [[], {}, [null, true, false, 0, '']] }] },
      ünïcode: 'ä€𝄞\u2028',
      '': 'an empty name',
      'with.dots and spaces': 1,
      numbers: [0, -1, 1.5, 1e300, 5e-324, 2 ** 53],
      text: 'line\nbreak\ttab "quoted" \\ \u0000 end',
    };
    await t.session().update(unknown);
    await t.session().update({ other: 1 });
    const read = await t.session().read();
    assert.deepEqual(read?.entry, { ...unknown, other: 1 });
  });

  law('a field called __proto__ is data like any other', async (t) => {
    const patch = JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"toString":"x"}');
    const { entry } = await t.session().update(patch);
    assert.ok(Object.hasOwn(entry, '__proto__'));
    assert.equal((entry as { polluted?: unknown }).polluted, undefined);
    // As pairs, in any order: fields of an object have none that a back end must keep.
    const pairs = (value: object = {}) => JSON.stringify(Object.entries(value).sort());
    assert.equal(pairs((await t.session().read())?.entry), pairs(patch));
    const removed = await t.session().update(JSON.parse('{"__proto__":null}'));
    assert.ok(!Object.hasOwn(removed.entry, '__proto__'));
  });

  law('large values are kept exactly, also when several sessions share them', async (t) => {
    const skills = Array.from({ length: 600 }, (_, i) => ({
      name: `skill-${i}`,
      text: 'ä'.repeat(60),
    }));
    const keys = ['slack:channel:c1', 'slack:channel:c2', 'slack:channel:c3'];
    for (const tail of keys) await t.session(tail).update({ skills, own: tail });
    for (const tail of keys) {
      assert.deepEqual((await t.session(tail).read())?.entry, { skills, own: tail });
    }
    const changed = await t.session(keys[0]).update({ skills: skills.slice(1) });
    assert.equal(changed.entry.skills.length, 599);
    assert.equal((await t.session(keys[1]).read())?.entry.skills.length, 600);
    assert.deepEqual((await t.session(keys[0]).update({ skills: null })).entry, { own: keys[0] });
  });

  law('R2.7 updatedAt never goes backwards', async (t) => {
    let last = 0;
    for (let i = 0; i < 50; i += 1) {
      const { updatedAt } = await t.session().update({ i });
      assert.ok(updatedAt >= last);
      last = updatedAt;
    }
  });

  law('createdAt stays, and the session id stays, over updates', async (t) => {
    const first = await t.session().update({ a: 1 });
    const second = await t.session().update({ a: 2 });
    assert.equal(second.createdAt, first.createdAt);
    assert.equal(second.sessionId, first.sessionId);
  });
}
