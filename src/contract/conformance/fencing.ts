/**
 * The fence is checked in the commit itself, by the back end: a holder that nobody could tell that
 * it lost its turn can still write nothing.
 */
import assert from 'node:assert/strict';
import type { Backend, TurnAsk } from '../backend.ts';
import { type BackendLaw, collect, refused } from './trial.ts';

const ASK: TurnAsk = {
  holder: { host: 'host', pid: 1, instance: 'conformance' },
  waitMs: 0,
  onInterrupt: () => undefined,
  onLost: () => undefined,
};

/** Every write under a fence that is worth nothing must be refused, and change nothing. */
async function refusesAll(backend: Backend, key: string, fence: number): Promise<void> {
  const before = await backend.read(key);
  const writes = [
    () => backend.update(key, { stale: true }, { fence }),
    () => backend.update(key, () => ({ stale: true }), { fence }),
    () => backend.append(key, { type: 'stale' }, {}, { fence }),
    () => backend.reset(key, { reason: 'stale', keep: 'all' }, { fence }),
  ];
  for (const write of writes) await refused('TURN_LOST', write);
  assert.deepEqual(await backend.read(key), before);
  if (before) {
    for (const record of await collect(backend.transcript(key, { onDamage: 'skip' }))) {
      assert.notEqual(record.type, 'stale');
    }
  }
}

export function fencing(law: BackendLaw): void {
  law('C.4 a write with the fence of the running turn is accepted', async (backend, key) => {
    const { fence, state } = await backend.beginTurn(key, ASK);
    assert.equal(state.turn?.fence, fence);
    assert.equal((await backend.update(key, { a: 1 }, { fence })).entry.a, 1);
    assert.equal((await backend.append(key, { type: 'note' }, {}, { fence })).type, 'note');
    await backend.endTurn(key, fence);
  });

  law('C.4 a write with a fence that is over, or never was, is TURN_LOST', async (backend, key) => {
    await refusesAll(backend, key, 1);
    assert.equal(await backend.read(key), undefined, 'it created nothing');
    const { fence } = await backend.beginTurn(key, ASK);
    await refusesAll(backend, key, fence - 1);
    await refusesAll(backend, key, fence + 1);
    await backend.endTurn(key, fence);
    await refusesAll(backend, key, fence);
  });

  law('C.4 a write with the fence of an overtaken turn is TURN_LOST', async (backend, key) => {
    const told: string[] = [];
    const old = await backend.beginTurn(key, {
      ...ASK,
      onInterrupt: () => told.push('interrupt'),
      onLost: () => told.push('lost'),
    });
    const next = await backend.beginTurn(key, {
      ...ASK,
      waitMs: 10_000,
      interrupt: { graceMs: 0, reason: 'newcomer' },
    });
    assert.ok(next.fence > old.fence);
    assert.deepEqual(told, ['interrupt', 'lost']);
    await refusesAll(backend, key, old.fence);
    await backend.endTurn(key, old.fence);
    assert.equal((await backend.read(key))?.turn?.fence, next.fence, 'a former owner ends nothing');
    await backend.update(key, { a: 1 }, { fence: next.fence });
    await backend.endTurn(key, next.fence);
  });

  law(
    'C.4 a write with the fence of a turn that a reset took is TURN_LOST',
    async (backend, key) => {
      const { fence } = await backend.beginTurn(key, ASK);
      await backend.reset(key, { reason: 'new', keep: 'none' }, {});
      await refusesAll(backend, key, fence);
      const next = await backend.beginTurn(key, ASK);
      await refusesAll(backend, key, fence);
      await backend.endTurn(key, next.fence);
    },
  );

  law(
    'C.4 a write with the fence of a turn that a removal took is TURN_LOST',
    async (backend, key) => {
      const { fence } = await backend.beginTurn(key, ASK);
      await backend.remove(key, {});
      await refusesAll(backend, key, fence);
      await backend.update(key, { fresh: true }, {});
      await refusesAll(backend, key, fence);
    },
  );

  law('a reset in the name of the running turn takes that turn, too', async (backend, key) => {
    const { fence } = await backend.beginTurn(key, ASK);
    await backend.reset(key, { reason: 'new', keep: 'none' }, { fence });
    assert.equal((await backend.read(key))?.turn, undefined);
    await refusesAll(backend, key, fence);
  });

  law('a turn is refused at once when it may not wait', async (backend, key) => {
    const { fence } = await backend.beginTurn(key, ASK);
    await refused('SESSION_BUSY', () => backend.beginTurn(key, ASK));
    await backend.endTurn(key, fence);
    await backend.endTurn(key, fence);
    const next = await backend.beginTurn(key, ASK);
    assert.equal(next.previous, undefined);
    await backend.endTurn(key, next.fence);
  });
}
