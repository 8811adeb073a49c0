/** An id that was appended before returns the first record: what is sent twice is there once. */
import assert from 'node:assert/strict';
import { collect, type Law, refused } from './trial.ts';

export function transcriptIds(law: Law): void {
  law('R6.3 a record that arrives again under its id is there once', async (t) => {
    const session = t.session();
    const record = { type: 'message', message: { role: 'assistant', content: 'done' } };
    const first = await session.append(record, { id: 'delivery-1' });
    await session.append({ type: 'note' });
    const again = await session.append(structuredClone(record), { id: 'delivery-1' });
    assert.equal(first.id, 'delivery-1');
    assert.deepEqual(again, first);
    assert.equal((await collect(session.transcript())).length, 2);
  });

  law('R6.3 also when both arrive at the same time', async (t) => {
    const session = t.session();
    const all = await Promise.all(
      Array.from({ length: 20 }, () => session.append({ type: 'note' }, { id: 'once' })),
    );
    assert.equal((await collect(session.transcript())).length, 1);
    for (const each of all) assert.deepEqual(each, all[0]);
  });

  law('R6.3 a mirror of what the run recorded is there once', async (t) => {
    const session = t.session();
    await session.turn(async (turn) => {
      await turn.append({ type: 'message', text: 'hello' }, { id: 'out-7' });
    });
    await session.append({ type: 'message', text: 'hello' }, { id: 'out-7' });
    assert.equal((await collect(session.transcript())).length, 1);
  });

  law('the same id with other content is INVALID_ENTRY, and nothing was appended', async (t) => {
    const session = t.session();
    await session.append({ type: 'note', text: 'one' }, { id: 'x' });
    await refused('INVALID_ENTRY', () =>
      session.append({ type: 'note', text: 'two' }, { id: 'x' }),
    );
    assert.equal((await collect(session.transcript())).length, 1);
  });

  law('another conversation of the same key knows nothing of the id', async (t) => {
    const session = t.session();
    await session.append({ type: 'note', text: 'one' }, { id: 'x' });
    await session.reset();
    const record = await session.append({ type: 'note', text: 'two' }, { id: 'x' });
    assert.equal(record.text, 'two');
    assert.equal((await collect(session.transcript())).length, 1);
  });

  law('ids are compared exactly and may hold any text', async (t) => {
    const session = t.session();
    const ids = ['a', 'A', 'ä', 'a\u0308', '__proto__', 'constructor', 'x:y/z "q"', '0', '🦀'];
    for (const id of ids) await session.append({ type: 'note', id2: id }, { id });
    for (const id of ids) await session.append({ type: 'note', id2: id }, { id });
    const read = await collect(session.transcript());
    assert.deepEqual(
      read.map((record) => record.id),
      ids,
    );
  });

  law('an id is remembered over many records', async (t) => {
    const session = t.session();
    const first = await session.append({ type: 'note', n: -1 }, { id: 'first' });
    await Promise.all(Array.from({ length: 500 }, (_, n) => session.append({ type: 'note', n })));
    assert.deepEqual(await session.append({ type: 'note', n: -1 }, { id: 'first' }), first);
    assert.equal((await collect(session.transcript())).length, 501);
  });
}
