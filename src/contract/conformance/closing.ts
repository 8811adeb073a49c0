/**
 * The trait of a closed store: every method refuses, with one code, and nothing is done. What was
 * accepted before is finished.
 */
import assert from 'node:assert/strict';
import { ERROR_CODES } from '../../model/errors.ts';
import type { Session, Store, Turn } from '../store.ts';
import { collect, gate, type Law, refused } from './trial.ts';

const first = (items: AsyncIterable<unknown>) => items[Symbol.asyncIterator]().next();

/** Every method that does something, by name. A new one belongs here. */
const CALLS: Readonly<Record<string, (session: Session, store: Store) => unknown>> = {
  read: (session) => session.read(),
  update: (session) => session.update({ a: 1 }),
  append: (session) => session.append({ type: 'note' }),
  transcript: (session) => first(session.transcript()),
  revisions: (session) => session.revisions(),
  size: (session) => session.size(),
  turn: (session) => session.turn(() => assert.fail('a turn ran')),
  interrupt: (session) => session.interrupt(),
  reset: (session) => session.reset(),
  archives: (session) => session.archives(),
  restore: (session) => session.restore('01890000-0000-7000-8000-000000000000'),
  remove: (session) => session.remove(),
  list: (_session, store) => first(store.list()),
  watch: async (_session, store) => first(store.watch()),
  verify: (_session, store) => store.verify(),
  repair: (_session, store) => store.repair(),
  figures: (_session, store) => store.figures(),
};

export function closing(law: Law): void {
  law('a closed store refuses every call with STORE_CLOSED', async (t) => {
    const before = t.session();
    await before.update({ a: 0 });
    await t.store.close();
    for (const [name, call] of Object.entries(CALLS)) {
      for (const session of [before, t.store.session(t.key())]) {
        const error = await refused('STORE_CLOSED', () => call(session, t.store));
        assert.equal(error.retry, ERROR_CODES.STORE_CLOSED.retry, name);
      }
    }
    assert.deepEqual(t.store.lanes(), []);
  });

  law('a store that is being closed refuses every call as well', async (t) => {
    const session = t.session();
    const accepted = session.update({ a: 0 });
    const closed = t.store.close();
    for (const call of Object.values(CALLS))
      await refused('STORE_CLOSED', () => call(session, t.store));
    await accepted;
    await closed;
  });

  law('R1.10 what was accepted before the close is finished', async (t) => {
    const session = t.session();
    const accepted = [
      ...Array.from({ length: 20 }, (_, n) => session.update({ n })),
      ...Array.from({ length: 20 }, (_, n) => session.append({ type: 'note', n })),
    ];
    await t.store.close();
    const settled = await Promise.allSettled(accepted);
    assert.ok(settled.every((each) => each.status === 'fulfilled'));
  });

  law('closing again gives the same promise; await using closes too', async (t) => {
    const closed = t.store.close();
    assert.equal(t.store.close(), closed);
    await closed;
    await t.store[Symbol.asyncDispose]();
  });

  law(
    'a close does not wait for the function of a turn, which is told and can not write',
    async (t) => {
      const hold = gate();
      const begun = gate();
      let turn: Turn | undefined;
      const running = t.session().turn(async (mine) => {
        turn = mine;
        begun.open();
        await hold.opened;
        await refused('STORE_CLOSED', () => mine.update({ late: true }));
        await refused('STORE_CLOSED', () => mine.append({ type: 'late' }));
        return 'done';
      });
      await begun.opened;
      const early = turn?.update({ early: true });
      const closed = t.store.close();
      assert.ok(turn?.signal.aborted);
      await closed;
      assert.equal((await early)?.entry.early, true, 'what the turn wrote before is kept');
      hold.open();
      assert.equal(await running, 'done');
    },
  );

  law('turns that wait are refused when the store is closed', async (t) => {
    const hold = gate();
    const begun = gate();
    const running = t.session().turn(async () => {
      begun.open();
      await hold.opened;
    });
    await begun.opened;
    const waiting = [1, 2, 3].map(() => t.session().turn(() => assert.fail('it ran')));
    const refusals = waiting.map((each) => refused('STORE_CLOSED', () => each));
    await t.store.close();
    await Promise.all(refusals);
    hold.open();
    await running;
  });

  law('a reader in the middle of a transcript or a list is refused to go on', async (t) => {
    for (let i = 0; i < 5; i += 1) await t.session().append({ type: 'note', i });
    await t.session('x:other').update({ a: 1 });
    const records = t.session().transcript()[Symbol.asyncIterator]();
    const rows = t.store.list({ agentId: t.agentId })[Symbol.asyncIterator]();
    await records.next();
    await rows.next();
    await t.store.close();
    await refused('STORE_CLOSED', () => records.next());
    await refused('STORE_CLOSED', () => rows.next());
  });

  law(
    'what a closed store wrote is there for the next one',
    async (t) => {
      const state = await t.session().update({ a: 1 });
      const record = await t.session().append({ type: 'note' });
      await t.store.close();
      const next = (await t.another()).session(t.key());
      assert.deepEqual(await next.read(), state);
      assert.deepEqual(await collect(next.transcript()), [record]);
      assert.equal(await next.turn(() => 'free', { whenBusy: 'reject' }), 'free');
    },
    { another: true },
  );
}
