/**
 * A transcript is append-only, and all writers of a session stand in one order. Appending does not
 * touch the entry. What was never there is told apart from what is empty.
 */
import assert from 'node:assert/strict';
import { assertOneChain, collect, type Law, refused } from './trial.ts';

const message = (text: string) => ({ type: 'message', message: { role: 'user', content: text } });

export function transcripts(law: Law): void {
  law('C.5 the transcript of a session that does not exist is SESSION_GONE', async (t) => {
    await refused('SESSION_GONE', () => collect(t.session().transcript()));
    await t.session().update({ a: 1 });
    const other = '01890000-0000-7000-8000-000000000000';
    await refused('SESSION_GONE', () => collect(t.session().transcript({ sessionId: other })));
  });

  law('C.5 a session without records has an empty transcript', async (t) => {
    await t.session().update({ a: 1 });
    assert.deepEqual(await collect(t.session().transcript()), []);
  });

  law('append resolves to the record as it is stored', async (t) => {
    const before = Date.now();
    const record = await t.session().append(message('hi'));
    assert.equal(record.type, 'message');
    assert.deepEqual(record.message, { role: 'user', content: 'hi' });
    assert.equal(record.parentId, null);
    assert.ok(record.id.length > 0);
    assert.ok(Math.abs(Date.parse(record.timestamp) - before) < 60_000);
    assert.ok(record.timestamp.endsWith('Z'));
    assert.deepEqual(await collect(t.session().transcript()), [record]);
  });

  law('append creates a missing session, with an empty entry', async (t) => {
    await t.session().append(message('hi'));
    const state = await t.session().read();
    assert.equal(state?.rev, 1);
    assert.deepEqual({ ...state?.entry }, {});
  });

  law('C.4 append does not raise the revision', async (t) => {
    const before = await t.session().update({ a: 1 });
    for (let i = 0; i < 5; i += 1) await t.session().append(message(`${i}`));
    assert.equal((await t.session().read())?.rev, before.rev);
  });

  law('records come back oldest first, each the child of the one before', async (t) => {
    const appended = [];
    for (let i = 0; i < 20; i += 1) appended.push(await t.session().append(message(`${i}`)));
    const read = await collect(t.session().transcript());
    assert.deepEqual(read, appended);
    assertOneChain(read);
  });

  law(
    'R6.2 concurrent appends of many writers stand in one order, none inside another',
    async (t) => {
      const session = t.session();
      await session.turn(async (turn) => {
        const writers = ['run', 'mirror', 'inject', 'heartbeat', 'sub-agent'].map((writer) =>
          Promise.all(
            Array.from({ length: 20 }, (_, n) => {
              const record = { type: 'message', writer, n, text: 'x'.repeat(n * 200) };
              return writer === 'run' ? turn.append(record) : session.append(record);
            }),
          ),
        );
        await Promise.all(writers);
        assert.ok(!turn.signal.aborted, 'the run is not disturbed');
      });
      const records = await collect(session.transcript());
      assert.equal(records.length, 100);
      assertOneChain(records);
      for (const writer of ['run', 'mirror', 'inject', 'heartbeat', 'sub-agent']) {
        const own = records.filter((record) => record.writer === writer).map((record) => record.n);
        assert.deepEqual(
          own,
          Array.from({ length: 20 }, (_, n) => n),
          `${writer} kept its order`,
        );
      }
    },
  );

  law('R6.4 whatever comes between, no record is ever rewritten', async (t) => {
    const session = t.session();
    const call = await session.append({ type: 'message', toolCall: 'c1' });
    await session.append({ type: 'message', text: 'a mirror between the call and its result' });
    await session.append({ type: 'message', toolResult: 'c1' });
    await session.append({ type: 'compaction', firstKeptEntryId: call.id, summary: 's' });
    await session.update({ a: 1 });
    await session.reset();
    await session.restore((await session.archives())[0]?.sessionId as string);
    assert.deepEqual((await collect(session.transcript()))[0], call);
  });

  law('R6.5 a run of one session that delivers into another writes under that one', async (t) => {
    const to = t.session('telegram:group:-100');
    const first = await to.append({ type: 'note' });
    await t.session().turn(async (turn) => {
      await turn.append({ type: 'own' });
      await to.append({ type: 'delivered' }, { id: 'd1' });
      await to.turn((other) => other.append({ type: 'claimed' }));
    });
    const delivered = await collect(to.transcript());
    assert.deepEqual(
      delivered.map((record) => record.type),
      ['note', 'delivered', 'claimed'],
    );
    assert.equal(delivered[1]?.parentId, first.id);
    assert.equal((await collect(t.session().transcript())).length, 1);
  });

  law('last gives the newest records, oldest first', async (t) => {
    const session = t.session();
    for (let i = 0; i < 30; i += 1) await session.append({ type: 'note', i });
    const numbers = async (last: number) =>
      (await collect(session.transcript({ last }))).map((record) => record.i);
    assert.deepEqual(await numbers(3), [27, 28, 29]);
    assert.deepEqual(await numbers(1), [29]);
    assert.deepEqual(await numbers(0), []);
    assert.equal((await numbers(30)).length, 30);
    assert.equal((await numbers(1_000)).length, 30);
  });

  law('after gives what came later than a record', async (t) => {
    const session = t.session();
    for (let i = 0; i < 10; i += 1) await session.append({ type: 'note', i });
    const all = await collect(session.transcript());
    const since = await collect(session.transcript({ after: all[6]?.seq ?? 0 }));
    assert.deepEqual(since, all.slice(7));
    assert.deepEqual(await collect(session.transcript({ after: all[9]?.seq ?? 0 })), []);
    assert.deepEqual(await collect(session.transcript({ after: 0 })), all);
    const lastOfSince = session.transcript({ after: all[2]?.seq ?? 0, last: 2 });
    assert.deepEqual(await collect(lastOfSince), all.slice(8));
  });

  law('the same transcript can be read again, and left in the middle', async (t) => {
    const session = t.session();
    for (let i = 0; i < 10; i += 1) await session.append({ type: 'note', i });
    const transcript = session.transcript();
    for await (const record of transcript) if (record.i === 3) break;
    assert.equal((await collect(transcript)).length, 10);
  });

  law('large and odd records come back exactly', async (t) => {
    const session = t.session();
    const records = [
      { type: 'message', text: 'ä€𝄞\u2028\u0000\n'.repeat(20_000) },
      { type: 'custom', data: [null, true, 0, -1.5, '', [], {}, { 'a b': [[[]]] }] },
      {
        type: 'message',
        blocks: Array.from({ length: 3_000 }, (_, i) => ({ i, t: `block ${i}` })),
      },
      JSON.parse('{"type":"x","__proto__":{"a":1}}'),
    ];
    for (const record of records) await session.append(record);
    const read = await collect(session.transcript());
    for (const [i, record] of records.entries()) {
      const { id, parentId, timestamp, seq, ...content } = read[i] as NonNullable<(typeof read)[0]>;
      assert.equal(JSON.stringify(content), JSON.stringify(record));
    }
    assertOneChain(read);
    assert.deepEqual(await collect(session.transcript({ last: 2 })), read.slice(-2));
  });

  law('a timestamp that is given is kept', async (t) => {
    const timestamp = '2026-02-26T09:00:01.000Z';
    const record = await t.session().append({ type: 'note', timestamp });
    assert.equal(record.timestamp, timestamp);
  });
}
