/** Taking over a session that another program began: once, whole, and never over an existing one. */
import assert from 'node:assert/strict';
import { type BackendLaw, collect } from './trial.ts';

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
}
