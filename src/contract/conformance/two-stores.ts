/**
 * Two stores on one location behave like two processes: neither sees anything stale, nothing is
 * lost between them, and turns exclude each other.
 */
import assert from 'node:assert/strict';
import type { Session, Store, Turn } from '../store.ts';
import { assertOneChain, collect, gate, type Law, refused, type Trial } from './trial.ts';

const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });

const both = async (t: Trial): Promise<[Session, Session, Store]> => {
  const other = await t.another();
  return [t.session(), other.session(t.key()), other];
};

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
