/**
 * Two stores on one location behave like two processes: neither sees anything stale, nothing is
 * lost between them, and turns exclude each other.
 */
import assert from 'node:assert/strict';
import { assertOneChain, both, collect, type Law, refused } from './trial.ts';

const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });

export function twoStores(law: Law): void {
  const pair: Law = (title, run, needs) => law(title, run, { ...needs, another: true });

  pair('R7.3 what one store wrote is seen by the next read of the other', async (t) => {
    const [a, b] = await both(t);
    assert.equal(await b.read(), undefined);
    for (let n = 1; n <= 30; n += 1) {
      const [writer, reader] = n % 2 ? [a, b] : [b, a];
      const state = await writer.update({ n });
      assert.deepEqual(await reader.read(), state);
    }
    assert.equal((await a.read())?.rev, 30);
  });

  pair('R2.5 a function sees what the other store wrote just before', async (t) => {
    const [a, b] = await both(t);
    for (let n = 1; n <= 30; n += 1) {
      assert.equal((await (n % 2 ? a : b).update(increment)).entry.n, n);
    }
  });

  pair('R2.6 functions that collide through both stores are all applied', async (t) => {
    const [a, b] = await both(t);
    await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? a : b).update(increment)));
    assert.equal((await a.read())?.entry.n, 100);
    assert.equal((await b.read())?.rev, 100);
  });

  pair('R6.2 records that both append stand in one chain', async (t) => {
    const [a, b] = await both(t);
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => (n % 2 ? a : b).append({ type: 'note', n })),
    );
    const records = await collect(a.transcript());
    assert.equal(records.length, 60);
    assertOneChain(records);
    assert.deepEqual(await collect(b.transcript()), records);
  });

  pair('R6.3 a record that both append under one id is there once', async (t) => {
    const [a, b] = await both(t);
    await a.append({ type: 'note', n: 0 });
    await Promise.all([a, b, a, b].map((each) => each.append({ type: 'note' }, { id: 'once' })));
    assert.equal((await collect(b.transcript())).length, 2);
  });

  pair('a session that the other store removed is gone, and begins afresh', async (t) => {
    const [a, b] = await both(t);
    const { sessionId } = await a.update({ a: 1 });
    await b.read();
    await a.remove();
    assert.equal(await b.read(), undefined);
    const fresh = await b.update({ b: 1 });
    assert.equal(fresh.rev, 1);
    assert.notEqual(fresh.sessionId, sessionId);
    assert.deepEqual(await a.read(), fresh);
    await b.append({ type: 'note' });
    assert.equal((await collect(a.transcript())).length, 1);
  });

  pair('a conversation that the other store reset is changed for both', async (t) => {
    const [a, b] = await both(t);
    const { sessionId } = await a.update({ a: 1 });
    await a.append({ type: 'note', text: 'old' });
    const after = await b.reset();
    assert.deepEqual(await a.read(), after);
    await refused('SESSION_CHANGED', () => a.update({ a: 2 }, { ifSessionId: sessionId }));
    assert.equal((await a.append({ type: 'note', text: 'new' })).parentId, null);
    assert.deepEqual(await a.archives(), await b.archives());
  });

  pair('a list and a watch show what the other store did', async (t) => {
    const other = await t.another();
    const end = new AbortController();
    const changes = other.watch({ signal: end.signal });
    const state = await t.session().update({ label: 'seen' });
    const [row] = await collect(other.list({ agentId: t.agentId }));
    assert.equal(row?.rev, state.rev);
    for await (const change of changes) if (change.key === t.key()) break;
    await t.session().update({ label: 'seen again' });
    assert.equal((await collect(other.list({ agentId: t.agentId })))[0]?.label, 'seen again');
    await t.session().remove();
    assert.deepEqual(await collect(other.list({ agentId: t.agentId })), []);
    end.abort();
  });
}
