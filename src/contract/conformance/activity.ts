/** What a store tells of its own work: figures of this process, which ask nobody. */
import assert from 'node:assert/strict';
import { gate, type Law, refused } from './trial.ts';

export function activity(law: Law): void {
  law('a store that did nothing has done nothing, since it was opened', async (t) => {
    const { openedAt, ...rest } = t.store.activity();
    assert.ok(Math.abs(Date.now() - openedAt) < 60_000);
    assert.deepEqual(rest, {
      commits: 0,
      lastMinute: { commits: 0, p50: 0, p99: 0, longest: 0 },
      longestTurnWait: 0,
    });
  });

  law('activity counts commits, through a session or a turn, and nothing else', async (t) => {
    const session = t.session();
    const { sessionId } = await session.update({ a: 1 });
    await session.append({ type: 'note' });
    await session.turn(async (turn) => {
      await turn.update({ a: 2 });
      await turn.append({ type: 'note' });
      await turn.read();
    });
    await session.reset();
    await session.restore(sessionId);
    assert.equal(t.store.activity().commits, 6);
    await session.read();
    await session.archives();
    await session.revisions();
    await session.size();
    for await (const _record of session.transcript()) break;
    await refused('REV_CONFLICT', () => session.update({ a: 3 }, { ifRev: 99 }));
    await refused('INVALID_ENTRY', () => session.update(7 as never));
    assert.equal(await t.session('x:other').remove(), false);
    assert.equal(t.store.activity().commits, 6, 'what is no commit is not counted');
    assert.equal(await session.remove(), true);
    const { commits, lastMinute } = t.store.activity();
    assert.equal(commits, 7);
    assert.equal(lastMinute.commits, 7);
    assert.ok(lastMinute.p50 > 0);
    assert.ok(lastMinute.p99 >= lastMinute.p50);
    assert.ok(lastMinute.longest >= lastMinute.p99);
    await t.store.close();
    assert.equal(t.store.activity().commits, 7, 'also after the store was closed');
  });

  law('activity tells the longest wait of a turn', async (t) => {
    const hold = gate();
    const first = t.session().turn(() => hold.opened);
    const second = t.session().turn(() => undefined);
    await t.until('the second has waited', () => (t.store.lanes()[0]?.oldestWaitMs ?? 0) >= 20);
    hold.open();
    await Promise.all([first, second]);
    assert.ok(t.store.activity().longestTurnWait >= 19, 'as lanes say, but for the rounding');
  });
}
