/** What is not allowed is refused with the reason before anything is written. */
import assert from 'node:assert/strict';
import { type Law, refused } from './trial.ts';

const deep = (levels: number) => {
  let value: unknown = 1;
  for (let i = 0; i < levels; i += 1) value = [value];
  return value;
};

export function validation(law: Law): void {
  law('a key that can not be one throws INVALID_KEY at once', async (t) => {
    const bad: unknown[] = ['', 'a\u0000b', 'a\nb', '\ud800', 'x'.repeat(1_025), 'ä'.repeat(513)];
    for (const key of [...bad, undefined, null, 7, {}]) {
      await refused('INVALID_KEY', () => t.store.session(key as string));
    }
    assert.equal(t.store.session('x'.repeat(1_024)).key.length, 1_024);
  });

  law(
    'keys are kept exactly: case, normal form, spaces and odd characters tell them apart',
    async (t) => {
      const tails = [
        'x:A',
        'x:a',
        'x:é',
        'x:e\u0301',
        'x:a ',
        'x:a.',
        'x:../../a',
        'x:a/b',
        'x:a\\b',
        'x:a%2Fb',
        'x:CON',
        'x:nul.txt',
        'x:--',
        'x:🦀',
        `x:${'long'.repeat(200)}`,
        `x:${'long'.repeat(200)}er`,
      ];
      for (const tail of tails) await t.session(tail).update({ tail });
      for (const tail of tails) {
        const state = await t.session(tail).read();
        assert.equal(state?.key, t.key(tail));
        assert.equal(state?.entry.tail, tail);
        assert.equal(state?.rev, 1);
      }
    },
  );

  law('a patch that is not plain JSON is INVALID_ENTRY, and nothing was written', async (t) => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    const bad: unknown[] = [
      null,
      undefined,
      [],
      'text',
      7,
      new Date(),
      new Map(),
      { a: Number.NaN },
      { a: Number.POSITIVE_INFINITY },
      { a: 1n },
      { a: Symbol('x') },
      { a: () => 1 },
      { a: new Date() },
      { a: [undefined] },
      { a: new (class Mine {})() },
      cycle,
    ];
    for (const patch of bad)
      await refused('INVALID_ENTRY', () => t.session().update(patch as never));
    assert.equal(await t.session().read(), undefined);
  });

  law('what is too deep or too large is LIMIT_EXCEEDED, and nothing was written', async (t) => {
    const session = t.session();
    await refused('LIMIT_EXCEEDED', () => session.update({ a: deep(101) }));
    await refused('LIMIT_EXCEEDED', () => session.update({ a: 'x'.repeat(1_048_577) }));
    assert.equal(await session.read(), undefined);
    const half = 'x'.repeat(600_000);
    const before = await session.update({ half });
    await refused('LIMIT_EXCEEDED', () => session.update({ other: half }));
    await refused('LIMIT_EXCEEDED', () => session.update(() => ({ other: half })));
    assert.deepEqual(await session.read(), before);
  });

  law('R10.1 an id or a path that belongs to another session is refused', async (t) => {
    const session = t.session();
    const other = await t.session('slack:channel:other').update({ a: 1 });
    const before = await session.update({ a: 1 });
    for (const patch of [
      { sessionId: other.sessionId },
      { sessionId: 7 },
      { sessionFile: `${other.sessionId}.jsonl` },
      { sessionFile: '../../outside.jsonl' },
      { sessionFile: '/etc/passwd' },
    ]) {
      await refused('INVALID_ENTRY', () => session.update(patch as never));
      await refused('INVALID_ENTRY', () => session.update(() => patch as never));
    }
    assert.deepEqual(await session.read(), before);
    assert.equal(before.key, t.key());
    assert.equal(before.agentId, t.agentId);
  });

  law('a patch may repeat the session id that is active', async (t) => {
    const session = t.session();
    const { sessionId } = await session.update({ a: 1 });
    const state = await session.update({ sessionId, a: 2 });
    assert.equal(state.sessionId, sessionId);
    assert.equal(state.entry.a, 2);
    assert.equal((await session.update((entry) => ({ sessionId, a: entry.a + 1 }))).entry.a, 3);
  });

  law('a record that is not one is refused, and nothing was appended', async (t) => {
    const session = t.session();
    await session.update({ a: 1 });
    const bad: unknown[] = [
      null,
      'x',
      {},
      { type: '' },
      { type: 7 },
      { type: 'session' },
      { type: 'x', id: 'inside' },
      { type: 'x', seq: 1 },
      { type: 'x', parentId: 7 },
      { type: 'x', timestamp: 'yesterday' },
      { type: 'x', when: new Date() },
    ];
    for (const record of bad) await refused('INVALID_ENTRY', () => session.append(record as never));
    await refused('LIMIT_EXCEEDED', () => session.append({ type: 'x', deep: deep(101) }));
    for (const id of ['', 'a\u0000b', 'x'.repeat(201), 7]) {
      await refused('INVALID_ENTRY', () => session.append({ type: 'x' }, { id: id as string }));
    }
    for await (const record of session.transcript()) assert.fail(`appended: ${record.type}`);
  });

  law('R1.9 a session id that can not be one is refused', async (t) => {
    const session = t.session();
    await session.update({ a: 1 });
    for (const id of ['../../x', 'a/b', '', 'x'.repeat(400), 'CON', '..', 7]) {
      await refused('INVALID_ENTRY', () => session.restore(id as string));
      await refused('INVALID_ENTRY', () => session.update({ a: 2 }, { ifSessionId: id as string }));
      const read = session.transcript({ sessionId: id as string })[Symbol.asyncIterator]();
      await refused('INVALID_ENTRY', () => read.next());
    }
  });

  law('options that do not exist or are of the wrong kind are refused', async (t) => {
    const session = t.session();
    const run = () => undefined;
    const calls: (() => unknown)[] = [
      () => session.update({}, { ifrev: 1 } as never),
      () => session.update({}, { ifRev: '1' } as never),
      () => session.update({}, { ifRev: 1.5 }),
      () => session.update({}, { ifExists: 1 } as never),
      () => session.update({}, { signal: {} } as never),
      () => session.append({ type: 'x' }, { ID: 'x' } as never),
      () => session.turn(run, { whenBusy: 'queue' } as never),
      () => session.turn(run, { waitMs: 0.5 }),
      () => session.reset({ keep: 'some' } as never),
      () => session.reset({ reason: '' }),
      () => session.remove({ ifExists: true } as never),
      () => session.interrupt({ grace: 1 } as never),
      () => session.transcript({ last: -0.5 })[Symbol.asyncIterator]().next(),
      () =>
        session
          .transcript({ before: '7' } as never)
          [Symbol.asyncIterator]()
          .next(),
      () => session.revisions({ last: 1.5 }),
      () => session.revisions({ first: 1 } as never),
      () =>
        t.store
          .list({ agent: 'x' } as never)
          [Symbol.asyncIterator]()
          .next(),
      () =>
        t.store
          .list({ updatedAfter: new Date('no date') })
          [Symbol.asyncIterator]()
          .next(),
      () => t.store.repair({ dryrun: true } as never),
    ];
    for (const call of calls) await refused('INVALID_ENTRY', call);
    assert.equal(await session.read(), undefined);
  });
}
