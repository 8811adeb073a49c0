/** The order in which a store is closed, over a back end whose calls the test lets through. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { HoldfastError, storeOver } from '../../src/index.ts';
import { outcomeOf, settle } from './fake-surroundings.ts';
import { stubBackend } from './stub-backend.ts';

const KEY = 'agent:main:main';

/** A back end that tells what it was asked, and holds its updates back until they are let go. */
function slowBackend(change: (good: Backend) => Partial<Backend> = () => ({})) {
  const told: string[] = [];
  const held: (() => void)[] = [];
  const backend = stubBackend((good) => ({
    async update(...args) {
      told.push('update');
      await new Promise<void>((resolve) => held.push(resolve));
      told.push('updated');
      return good.update(...args);
    },
    async endTurn(key, fence) {
      told.push('endTurn');
      await good.endTurn(key, fence);
    },
    async close() {
      told.push('close');
      await good.close();
    },
    ...change(good),
  }));
  return { backend, told, letGo: () => held.splice(0).forEach((go) => void go()) };
}

describe('closing a store', () => {
  test('R1.10 waits for what was accepted, ends its turns, then closes the back end', async () => {
    const { backend, told, letGo } = slowBackend();
    const store = await storeOver(backend);
    const session = store.session(KEY);
    const running = session.turn((turn) => turn.update({ in: 'turn' }));
    const update = session.update({ a: 1 });
    await settle();
    const closed = store.close();
    expect(await outcomeOf(closed)).toBe('pending');
    expect(told).toEqual(['update', 'update']);
    letGo();
    await closed;
    expect(told).toEqual(['update', 'update', 'updated', 'updated', 'endTurn', 'close']);
    expect(await outcomeOf(update)).toMatchObject({ value: { rev: 2 } });
    expect(await outcomeOf(running)).toMatchObject({ value: { entry: { in: 'turn' } } });
  });

  test('R1.10 a back end that could not keep something is told to all who close', async () => {
    const failed = new HoldfastError('IO_FAILED', 'The last sync failed.');
    const { backend } = slowBackend(() => ({ close: () => Promise.reject(failed) }));
    const store = await storeOver(backend);
    const first = store.close();
    expect(store.close()).toBe(first);
    await expect(first).rejects.toBe(failed);
    await expect(store.close()).rejects.toBe(failed);
    await expect(store[Symbol.asyncDispose]()).rejects.toBe(failed);
  });

  test('a turn that can not be ended does not keep the back end open, and is told', async () => {
    const failed = new HoldfastError('IO_FAILED', 'The lock could not be let go.');
    const { backend, told } = slowBackend(() => ({ endTurn: () => Promise.reject(failed) }));
    const store = await storeOver(backend);
    const running = store
      .session(KEY)
      .turn((turn) => new Promise((resolve) => turn.signal.addEventListener('abort', resolve)));
    await settle();
    await expect(store.close()).rejects.toBe(failed);
    expect(told).toEqual(['close']);
    await running;
  });

  test('a turn that is granted while the store closes is given back, and never runs', async () => {
    const grants: (() => void)[] = [];
    const { backend, told } = slowBackend((good) => ({
      async beginTurn(key, { signal: _deaf, ...ask }) {
        await new Promise<void>((resolve) => grants.push(resolve));
        return good.beginTurn(key, ask);
      },
    }));
    const store = await storeOver(backend);
    const turn = store.session(KEY).turn(() => expect.unreachable());
    await settle();
    const closed = store.close();
    expect(await outcomeOf(closed)).toBe('pending');
    for (const grant of grants) grant();
    expect(await outcomeOf(turn)).toMatchObject({ error: { code: 'STORE_CLOSED' } });
    await closed;
    expect(told).toEqual(['endTurn', 'close']);
  });

  test('a later store of the same name is opened although the earlier one can not close', async () => {
    const warnings: string[] = [];
    const failed = new HoldfastError('IO_FAILED', 'The last sync failed.');
    const { backend } = slowBackend(() => ({ close: () => Promise.reject(failed) }));
    const options = {
      instance: 'same',
      onWarning: ({ message }: { message: string }) => void warnings.push(message),
    };
    const place = 'a place of this test';
    const early = await storeOver(backend, options, { place });
    const late = await storeOver(stubBackend(), options, { place });
    expect(warnings).toEqual([expect.stringContaining('The last sync failed.')]);
    await expect(early.session(KEY).read()).rejects.toThrow(/another store.*instance same/);
    await late.session(KEY).update({ a: 1 });
    await late.close();
  });

  test('a closed store is forgotten by the process', async () => {
    const registry = (globalThis as Record<symbol, { stores?: Map<string, unknown> }>)[
      Symbol.for('holdfast.registry')
    ];
    const before = registry?.stores?.size;
    const stores = await Promise.all([1, 2, 3].map(() => storeOver(stubBackend())));
    expect(registry?.stores?.size).toBe((before ?? Number.NaN) + 3);
    for (const store of stores) await store.close();
    expect(registry?.stores?.size).toBe(before);
  });

  test('three stores that are opened at once under one name: the last one stays', async () => {
    const options = { instance: 'same' };
    const parts = { place: 'another place of this test' };
    const stores = await Promise.all([1, 2, 3].map(() => storeOver(stubBackend(), options, parts)));
    const outcomes = await Promise.all(
      stores.map((store) => outcomeOf(store.session(KEY).update({ a: 1 }))),
    );
    expect(outcomes).toMatchObject([
      { error: { code: 'STORE_CLOSED' } },
      { error: { code: 'STORE_CLOSED' } },
      { value: { rev: 1 } },
    ]);
    await stores[2]?.close();
  });
});
