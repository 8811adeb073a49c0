/**
 * How an entry came to be, as far back as a store still knows it, and what a session takes. How far
 * that is differs; what is told has to be right, and the newest is always there.
 */
import assert from 'node:assert/strict';
import type { Entry, Revision, SessionState } from '../../model/state.ts';
import type { Session } from '../store.ts';
import { type Law, refused, told } from './trial.ts';

/** The entry that the commits make, one after the other, from the oldest whole one on. */
function replayed(revisions: readonly Revision[]): Entry | undefined {
  let entry: Entry | undefined;
  for (const { whole, set, unset } of [...revisions].reverse()) {
    if (whole) entry = { ...set };
    else if (entry) {
      for (const field of unset) delete entry[field];
      Object.assign(entry, set);
    }
  }
  return entry;
}

/** Newest first, without a gap, and the first of them is the state's own. */
function assertLeadTo(state: SessionState | undefined, revisions: readonly Revision[]): void {
  const { rev, at, sessionId } = revisions[0] ?? {};
  const shown = { rev: state?.rev, at: state?.updatedAt, sessionId: state?.sessionId };
  assert.deepEqual({ rev, at, sessionId }, shown, 'the first is that of the state');
  for (const [n, each] of revisions.entries()) {
    const newer = revisions[n - 1] ?? each;
    assert.equal(each.rev, (state?.rev ?? 0) - n, 'each is one below the one before it');
    assert.ok(each.at <= newer.at, 'time never goes back');
    if (!newer.whole) assert.equal(each.sessionId, newer.sessionId, 'a change begins nothing');
  }
}

async function readBoth(session: Session) {
  const revisions = await session.revisions();
  const state = await session.read();
  assertLeadTo(state, revisions);
  return { revisions, state };
}

export function revisions(law: Law): void {
  law('the revisions of a missing session are empty, and it has no size', async (t) => {
    const session = t.session();
    assert.deepEqual(await session.revisions(), []);
    assert.equal(await session.size(), undefined);
    await session.update({ a: 1 });
    await session.remove();
    assert.deepEqual(await session.revisions(), []);
    assert.equal(await session.size(), undefined);
    assert.equal(await session.read(), undefined, 'looking creates nothing');
    await session.update({ b: 1 });
    const [first, ...rest] = await session.revisions();
    assert.equal(rest.length, 0, 'nothing of the session that was removed');
    assert.deepEqual({ ...first?.set }, { b: 1 });
  });

  law('the commits of an entry, newest first, give the entry', async (t) => {
    const session = t.session();
    await session.update({ model: 'opus', tokens: 0, deep: { list: [1, 2] } });
    await session.update({ tokens: 7, deep: null });
    await session.update({ model: null, label: 'ä€𝄞' });
    await session.update({ model: 'haiku' });
    const { revisions, state } = await readBoth(session);
    assert.equal(revisions[0]?.set.model, 'haiku');
    assert.deepEqual(replayed(revisions), { ...state?.entry });
    assert.ok(Object.isFrozen(revisions[0]?.set), 'what is handed out can not be changed');
  });

  law('appends and turns are no commits of the entry', async (t) => {
    const session = t.session();
    await session.update({ a: 1 });
    const before = await session.revisions();
    await session.append({ type: 'note' });
    await session.turn(async (turn) => {
      await turn.append({ type: 'note' });
      assert.deepEqual(await session.revisions(), before);
    });
    assert.deepEqual(await session.revisions(), before);
    await session.turn((turn) => turn.update({ a: 2 }));
    await readBoth(session);
  });

  law('a reset and a restore are whole, with the conversation that they began', async (t) => {
    const session = t.session();
    const first = await session.update({ a: 1, b: 1 });
    await session.update({ a: 2 });
    const second = await session.reset({ keep: ['b'] });
    const afterReset = await readBoth(session);
    assert.equal(afterReset.revisions[0]?.whole, true);
    assert.equal(afterReset.revisions[0]?.sessionId, second.sessionId);
    assert.deepEqual({ ...afterReset.revisions[0]?.set }, { b: 1 });
    await session.update({ c: 3 });
    const { revisions } = await readBoth(session);
    assert.deepEqual(replayed(revisions), { b: 1, c: 3 });
    for (const { rev, sessionId } of revisions) {
      assert.equal(sessionId, rev < second.rev ? first.sessionId : second.sessionId);
    }
    await session.restore(first.sessionId);
    const restored = await readBoth(session);
    assert.equal(restored.revisions[0]?.whole, true);
    assert.deepEqual(replayed(restored.revisions), { a: 2, b: 1 });
    for (const { rev, sessionId } of await session.revisions({ last: 3 })) {
      const isSecond = rev >= second.rev && rev <= second.rev + 1;
      assert.equal(sessionId, isSecond ? second.sessionId : first.sessionId);
    }
  });

  law('last gives the newest of them, and what it can not be is refused', async (t) => {
    const session = t.session();
    for (let n = 0; n < 6; n += 1) await session.update({ n });
    const all = await session.revisions();
    for (const last of [1, 2, 3, 1_000]) {
      assert.deepEqual(await session.revisions({ last }), all.slice(0, last));
    }
    for (const last of [0, -1, 1_001]) {
      await refused('LIMIT_EXCEEDED', () => session.revisions({ last }));
    }
  });

  law('large values that several sessions have are told as they are', async (t) => {
    const prompts = { lines: Array.from({ length: 2_000 }, (_, n) => `line ${n} of a prompt`) };
    for (const tail of ['x:one', 'x:two', 'x:three']) await t.session(tail).update({ tail });
    for (const tail of ['x:one', 'x:two', 'x:three']) await t.session(tail).update({ prompts });
    for (const tail of ['x:one', 'x:two', 'x:three']) {
      const { revisions, state } = await readBoth(t.session(tail));
      assert.deepEqual(revisions[0]?.set.prompts, prompts);
      assert.deepEqual(replayed(revisions), { ...state?.entry });
    }
  });

  law('revisions that are read while others are made have no gap', async (t) => {
    const session = t.session();
    const first = await session.update({ n: -1 });
    const text = 'x'.repeat(3_000);
    const updates = Array.from({ length: 200 }, (_, n) => session.update({ n, text: text + n }));
    let rev = first.rev;
    const made = Promise.all(updates);
    told(made);
    for (let done = false; !done; ) {
      done = await Promise.race([made.then(() => true), session.revisions().then(() => false)]);
      const read = await session.revisions();
      assert.ok((read[0]?.rev ?? 0) >= rev, 'a read is never stale');
      rev = read[0]?.rev ?? 0;
      for (const [n, each] of read.entries()) assert.equal(each.rev, rev - n);
    }
    const { revisions, state } = await readBoth(session);
    assert.equal(state?.rev, first.rev + 200);
    assert.deepEqual({ n: 199, text: `${text}199` }, { ...state?.entry });
    assert.equal(revisions[0]?.set.n, 199);
  });

  law('a size grows with what is written, and a reset moves it to the archives', async (t) => {
    const session = t.session();
    await session.update({ a: 1 });
    const empty = await session.size();
    assert.ok((empty?.metadata ?? 0) > 0);
    assert.equal(empty?.archives, 0);
    await session.update({ large: 'x'.repeat(50_000) });
    const larger = await session.size();
    assert.ok((larger?.metadata ?? 0) >= 50_000);
    await session.append({ type: 'note', text: 'y'.repeat(5_000) });
    const said = await session.size();
    assert.ok((said?.transcript ?? 0) >= (larger?.transcript ?? 0) + 5_000);
    await session.append({ type: 'note', text: 'y'.repeat(5_000) });
    const more = await session.size();
    assert.ok((more?.transcript ?? 0) >= (said?.transcript ?? 0) + 5_000);
    assert.equal(more?.archives, 0);
    await session.reset({ keep: 'none' });
    const after = await session.size();
    assert.ok((after?.archives ?? 0) >= 60_000, 'the entry and the transcript');
    assert.ok((after?.transcript ?? 0) < 5_000);
  });

  law(
    'what another store committed is among the revisions at once',
    async (t) => {
      const session = t.session();
      await session.update({ n: 0 });
      const other = (await t.another()).session(t.key());
      for (let n = 1; n <= 5; n += 1) {
        await (n % 2 === 0 ? session : other).update({ n });
        assert.deepEqual(await session.revisions(), await other.revisions());
        assert.equal((await readBoth(session)).revisions[0]?.set.n, n);
      }
      assert.deepEqual(await session.size(), await other.size());
    },
    { another: true },
  );
}
