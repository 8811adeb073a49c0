/** Taking over a session that another program began: once, whole, and never over an existing one. */
import assert from 'node:assert/strict';
import type { NextConversation } from '../backend.ts';
import { type BackendLaw, collect, refused } from './trial.ts';

const SESSION_ID = '5f0d5f0e-0000-4000-8000-00000000abcd';

export function adopting(law: BackendLaw): void {
  const past = (key: string) => ({
    sessionId: `${key.split(':')[1]}.${SESSION_ID}`,
    entry: { model: 'opus', deep: { list: [1, 2] } },
    createdAt: 1_772_100_000_000,
    updatedAt: 1_772_101_000_123,
  });

  law('an adopted session has the past that it was given, at revision 1', async (backend, key) => {
    const given = past(key);
    assert.equal(await backend.adopt(key, given), true);
    const state = await backend.read(key);
    assert.equal(state?.rev, 1);
    assert.equal(state?.sessionId, given.sessionId);
    assert.equal(state?.createdAt, given.createdAt);
    assert.equal(state?.updatedAt, given.updatedAt);
    assert.deepEqual(state?.entry, given.entry);
    const rows = await collect(
      backend.list({ agentId: key.split(':')[1] as string, order: 'updated' }),
    );
    assert.equal(rows[0]?.updatedAt, given.updatedAt);
  });

  law('an archive that was taken over is as old as it was', async (backend, key) => {
    const given = past(key);
    await backend.adopt(key, given);
    const old = async () => (await backend.figures()).archivesByAge.at(-1);
    const before = await old();
    const sessionId = `${given.sessionId}.next`;
    const now = Date.now();
    const archivedAt = now - 400 * 86_400_000;
    const times = { archivedAt, beganAt: archivedAt, updatedAt: now };
    const next = { sessionId, entry: {}, reason: 'adopted', ...times };
    await backend.adoptNext(key, next, {});
    const after = await old();
    assert.ok((after?.count ?? 0) > (before?.count ?? 0), 'it counts among those of its age');
    assert.equal(after?.upToDays, null);
  });

  law('R2.7 the first commit after an adoption does not go back in time', async (backend, key) => {
    const future = Date.now() + 3_600_000;
    await backend.adopt(key, { ...past(key), updatedAt: future });
    const state = await backend.update(key, { model: 'haiku' }, {});
    assert.equal(state.rev, 2);
    assert.ok(state.updatedAt >= future);
  });

  law(
    'R7.8 adopting twice changes nothing, and an existing session is left alone',
    async (backend, key) => {
      await backend.adopt(key, past(key));
      const before = await backend.update(key, { model: 'mine' }, {});
      assert.equal(await backend.adopt(key, past(key)), false);
      assert.deepEqual(await backend.read(key), before);
    },
  );

  law('what was handed in is neither kept nor frozen', async (backend, key) => {
    const given = past(key);
    await backend.adopt(key, given);
    given.entry.deep.list.push(3);
    assert.deepEqual((await backend.read(key))?.entry.deep, { list: [1, 2] });
  });

  law('an adopted session goes on at the revision that it had', async (backend, key) => {
    const given = { ...past(key), rev: 17, beganAt: 1_772_100_500_000 };
    await backend.adopt(key, given);
    assert.equal((await backend.read(key))?.rev, 17);
    assert.equal((await backend.update(key, { model: 'haiku' }, { ifRev: 17 })).rev, 18);
    await backend.reset(key, { reason: 'new', keep: 'none' }, {});
    assert.equal((await backend.archives(key))[0]?.createdAt, given.beganAt);
    assert.equal((await backend.read(key))?.createdAt, given.createdAt);
  });

  const next = (key: string, n: number) => ({
    reason: `r${n}`,
    archivedAt: 1_772_102_000_000 + n,
    sessionId: `${key.split(':')[1]}.next-${n}`,
    entry: { n, deep: { list: [n] } },
    beganAt: 1_772_103_000_000 + n,
    updatedAt: 1_772_104_000_000 + n,
  });

  law('conversations that followed are taken over in their order', async (backend, key) => {
    const given = past(key);
    await backend.adopt(key, { ...given, rev: 5 });
    const said = [await backend.append(key, { type: 'note', n: 0 }, { id: 'a' }, {})];
    for (const n of [1, 2]) {
      const state = await backend.adoptNext(key, next(key, n), {});
      assert.equal(state.rev, 5 + n);
      assert.equal(state.sessionId, next(key, n).sessionId);
      assert.equal(state.createdAt, given.createdAt);
      assert.equal(state.updatedAt, next(key, n).updatedAt);
      assert.deepEqual(state.entry, next(key, n).entry);
      assert.deepEqual(await backend.read(key), state);
      said.push(await backend.append(key, { type: 'note', n }, { id: 'a' }, {}));
    }
    assert.deepEqual(
      said.map((record) => record.parentId),
      [null, null, null],
    );
    const archives = await backend.archives(key);
    assert.deepEqual(
      archives.map(({ bytes: _bytes, ...archive }) => archive),
      [
        { ...archiveOf(next(key, 1)), reason: 'r2', archivedAt: next(key, 2).archivedAt },
        {
          ...archiveOf({ ...given, beganAt: given.createdAt }),
          reason: 'r1',
          archivedAt: next(key, 1).archivedAt,
        },
      ],
    );
    const ids = [given.sessionId, next(key, 1).sessionId, undefined];
    for (const [n, sessionId] of ids.entries()) {
      const range = {
        onDamage: 'throw' as const,
        ...(sessionId === undefined ? {} : { sessionId }),
      };
      assert.deepEqual(await collect(backend.transcript(key, range)), [said[n]]);
    }
    await backend.restore(key, given.sessionId, {});
    assert.deepEqual((await backend.read(key))?.entry, given.entry);
  });

  law('a conversation is taken over once, and after one that is there', async (backend, key) => {
    await refused('SESSION_GONE', () => backend.adoptNext(key, next(key, 1), {}));
    assert.equal(await backend.read(key), undefined);
    await backend.adopt(key, past(key));
    await backend.adoptNext(key, next(key, 1), { ifSessionId: past(key).sessionId });
    const before = [await backend.read(key), await backend.archives(key)];
    const again = { ...next(key, 2), sessionId: past(key).sessionId };
    await refused('INVALID_ENTRY', () => backend.adoptNext(key, again, {}));
    await refused('INVALID_ENTRY', () => backend.adoptNext(key, next(key, 1), {}));
    await refused('SESSION_CHANGED', () =>
      backend.adoptNext(key, next(key, 2), { ifSessionId: past(key).sessionId }),
    );
    await refused('REV_CONFLICT', () => backend.adoptNext(key, next(key, 2), { ifRev: 1 }));
    assert.deepEqual([await backend.read(key), await backend.archives(key)], before);
  });

  law('a turn is lost with the conversation in which it ran', async (backend, key) => {
    await backend.adopt(key, past(key));
    const lost: string[] = [];
    const { fence } = await backend.beginTurn(key, {
      holder: { host: 'here', pid: 1, instance: 'law' },
      waitMs: 0,
      onInterrupt: () => undefined,
      onLost: (reason) => lost.push(reason),
    });
    await backend.adoptNext(key, next(key, 1), {});
    assert.equal(lost.length, 1);
    await refused('TURN_LOST', () => backend.update(key, { late: true }, { fence }));
    assert.equal((await backend.read(key))?.turn, undefined);
  });
}

function archiveOf({
  sessionId,
  entry,
  beganAt,
}: Pick<NextConversation, 'sessionId' | 'entry' | 'beganAt'>) {
  return { sessionId, entry, createdAt: beganAt };
}
