/**
 * A turn is exclusive, and every write made through it carries its fence. It holds nothing that
 * writers beside it need. It always ends, and nothing can be written through it afterwards.
 */
import assert from 'node:assert/strict';
import type { Turn } from '../store.ts';
import { collect, gate, type Law, refused } from './trial.ts';

const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });

export function turns(law: Law): void {
  law('a turn runs the function and resolves to what it returns', async (t) => {
    assert.equal(await t.session().turn(() => 42), 42);
    assert.equal(await t.session().turn(async (turn) => turn.key), t.key());
  });

  law('a turn creates a missing session and does not raise a revision', async (t) => {
    const before = await t.session().turn((turn) => turn.read());
    assert.equal(before?.rev, 1);
    await t.session().turn(() => undefined);
    assert.equal((await t.session().read())?.rev, 1);
  });

  law('R11.10 a running turn shows who holds it, since when and under which fence', async (t) => {
    const started = Date.now();
    await t.session().turn(
      async (turn) => {
        const shown = (await t.session().read())?.turn;
        assert.equal(shown?.fence, turn.fence);
        assert.equal(shown?.status, 'running');
        assert.equal(shown?.label, 'reply');
        assert.equal(shown?.startedAt, turn.startedAt);
        assert.ok(Math.abs(turn.startedAt - started) < 60_000);
        assert.equal(shown?.holder.pid, process.pid);
        assert.equal(shown?.holder.instance, t.store.instance);
        assert.ok(shown?.holder.host);
        const [row] = await collect(t.store.list({ agentId: t.agentId }));
        assert.equal(row?.turn?.fence, turn.fence);
      },
      { label: 'reply' },
    );
    assert.equal((await t.session().read())?.turn, undefined);
  });

  law('fences rise from turn to turn', async (t) => {
    const fences: number[] = [];
    for (let i = 0; i < 4; i += 1) await t.session().turn((turn) => fences.push(turn.fence));
    for (const [i, fence] of fences.entries()) {
      if (i > 0) assert.ok(fence > (fences[i - 1] as number), fences.join());
    }
  });

  law('a turn of a removed session writes nothing into the one that follows it', async (t) => {
    const session = t.session();
    await session.turn(async (former) => {
      await session.remove();
      const next = await session.update({ fresh: true });
      await refused('TURN_LOST', () => former.update({ fresh: false }));
      await refused('TURN_LOST', () => former.append({ type: 'note' }));
      assert.deepEqual(await session.read(), next);
    });
  });

  law('R6.6 two tasks that want the same session run one after the other', async (t) => {
    let inside = 0;
    await Promise.all(
      Array.from({ length: 10 }, () =>
        t.session().turn(async (turn) => {
          inside += 1;
          assert.equal(inside, 1);
          await turn.update(increment);
          await turn.append({ type: 'note' });
          inside -= 1;
        }),
      ),
    );
    assert.equal((await t.session().read())?.entry.n, 10);
  });

  law('C.6 a turn of one session does not keep another one waiting', async (t) => {
    const hold = gate();
    const held = t.session().turn(() => hold.opened);
    const other = t.session('slack:channel:c2');
    await other.turn((turn) => turn.update(increment));
    assert.equal((await other.read())?.entry.n, 1);
    hold.open();
    await held;
  });

  law('R6.7 metadata and records of a session are written while its turn runs', async (t) => {
    const hold = gate();
    const held = t.session().turn(() => hold.opened);
    await t.session().update(increment);
    await t.session().append({ type: 'mirror' });
    assert.equal((await t.session().read())?.entry.n, 1);
    hold.open();
    await held;
  });

  law('a turn that was used after its end is TURN_LOST', async (t) => {
    let kept: Turn | undefined;
    await t.session().turn(async (turn) => {
      kept = turn;
      await turn.update(increment);
    });
    await refused('TURN_LOST', () => kept?.update(increment));
    await refused('TURN_LOST', () => kept?.append({ type: 'late' }));
    await refused('TURN_LOST', () => kept?.read());
    assert.equal((await t.session().read())?.entry.n, 1);
    assert.deepEqual(await collect(t.session().transcript()), []);
  });

  law('R10.5 a function that throws rejects the turn, and the session is free', async (t) => {
    const mine = new RangeError('mine');
    for (const fails of [
      () => {
        throw mine;
      },
      () => Promise.reject(mine),
      async (turn: Turn) => {
        await turn.update(increment);
        throw mine;
      },
    ]) {
      const thrown = await t
        .session()
        .turn(fails)
        .catch((error: unknown) => error);
      assert.equal(thrown, mine);
      assert.equal((await t.session().read())?.turn, undefined);
      await t.session().turn(() => undefined, { whenBusy: 'reject' });
    }
    assert.equal((await t.session().read())?.entry.n, 1, 'what was written before is kept');
  });

  law('R6.6 a nested turn of the same session is refused at once instead of waiting', async (t) => {
    await t.session().turn(async (turn) => {
      await refused('SESSION_BUSY', () => t.session().turn(() => undefined));
      await refused('SESSION_BUSY', () =>
        t.session().turn(() => undefined, { whenBusy: 'interrupt' }),
      );
      assert.equal(await t.session('slack:channel:c2').turn(() => 'other'), 'other');
      await turn.update(increment);
    });
    assert.equal(await t.session().turn(() => 'free'), 'free');
  });

  law('what a turn left running may ask for a turn of its own', async (t) => {
    const hold = gate();
    let background: Promise<string> | undefined;
    await t.session().turn(() => {
      background = hold.opened.then(() => t.session().turn(() => 'later'));
    });
    hold.open();
    assert.equal(await background, 'later');
  });

  law('the turn knows in which conversation it runs', async (t) => {
    const { sessionId } = await t.session().update({ a: 1 });
    assert.equal(await t.session().turn((turn) => turn.sessionId), sessionId);
  });

  law('a turn that ended by itself leaves no trace for the next one', async (t) => {
    await t.session().turn(() => undefined);
    assert.equal(await t.session().turn((turn) => turn.previous), undefined);
  });
}
