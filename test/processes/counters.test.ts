import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { refused } from '../../src/contract/conformance/trial.ts';
import { askFresh, Child, newDirectory, stayInCommit } from './child.ts';
import { seeded } from './seeded.ts';

const KEY = 'agent:main:slack:channel:c024';
const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });

interface State {
  rev: number;
  entry: Record<string, number>;
}

const four = (directory: string) => Promise.all([1, 2, 3, 4].map(() => Child.gateway(directory)));

test('R1.2 a fresh process counts 100 concurrent increments', async () => {
  const directory = newDirectory();
  const store = await openStore(directory);
  const session = store.session(KEY);
  await Promise.all(Array.from({ length: 100 }, () => session.update(increment)));
  const state = await askFresh<State>(directory, 'call', KEY, 'read');
  expect(state).toMatchObject({ rev: 100, entry: { n: 100 } });
  await store.close();
});

test('R1.2 a fresh process counts the concurrent increments of four processes', async () => {
  const directory = newDirectory();
  const children = await four(directory);
  // All four count in one field, and each in a field of its own that a lost update would take back.
  await Promise.all(
    children.flatMap((child, index) => [
      child.ask('increment', KEY, 'n', 100, true),
      child.ask('increment', KEY, `own${index}`, 250, false),
    ]),
  );
  const state = await askFresh<State>(directory, 'call', KEY, 'read');
  expect(state.entry).toEqual({ n: 400, own0: 250, own1: 250, own2: 250, own3: 250 });
  expect(state.rev).toBe(1_400);
});

test('R2.1 two runs of different agents that end in the same tick keep both results', async () => {
  const directory = newDirectory();
  const store = await openStore(directory);
  const keys = ['agent:alpha:main', 'agent:beta:main'];
  const run = (key: string) =>
    store.session(key).turn(async (turn) => {
      await turn.append({ type: 'note', key });
      await turn.update({ ended: key });
    });
  await Promise.all(keys.map(run));
  for (const key of keys) {
    const state = await askFresh<State>(directory, 'call', key, 'read');
    expect(state.entry).toEqual({ ended: key });
    const records = await askFresh<object[]>(directory, 'transcript', key);
    expect(records).toMatchObject([{ key }]);
  }
  await store.close();
});

test('R2.1 two processes that end their runs of one store together keep both results', async () => {
  const directory = newDirectory();
  const children = await Promise.all([Child.gateway(directory), Child.gateway(directory)]);
  const keys = ['agent:alpha:main', 'agent:beta:main'];
  for (let round = 1; round <= 20; round += 1) {
    await Promise.all(
      children.map((child, index) => child.ask('call', keys[index], 'update', { round })),
    );
    for (const child of children) {
      for (const key of keys) {
        expect(await child.ask<State>('call', key, 'read')).toMatchObject({ entry: { round } });
      }
    }
  }
});

test('R2.5 a function sees what another process wrote just before', async () => {
  const directory = newDirectory();
  const child = await Child.gateway(directory);
  const store = await openStore(directory);
  for (let n = 1; n <= 200; n += 1) {
    await child.ask('call', KEY, 'update', { n });
    let seen: unknown;
    await store.session(KEY).update((entry) => {
      seen = entry.n;
      return { echo: n };
    });
    expect(seen).toBe(n);
    expect(await child.ask<State>('call', KEY, 'read')).toMatchObject({ entry: { echo: n } });
  }
  await store.close();
});

test('R2.6 a conflict is typed, and whoever decides anew loses nothing', async () => {
  const directory = newDirectory();
  const children = await four(directory);
  let conflicts = 0;
  let expected = 0;
  // On a busy machine one of them may be through before another begins.
  while (conflicts === 0) {
    const each = await Promise.all(
      children.map((child) => child.ask<number>('incrementOptimistically', KEY, 'n', 50)),
    );
    conflicts = each.reduce((sum, one) => sum + one);
    expected += 200;
  }
  expect(await askFresh<State>(directory, 'call', KEY, 'read')).toMatchObject({
    rev: expected,
    entry: { n: expected },
  });
});

test('R2.6 an update that finds its session locked tries again until its deadline', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const patient = await openStore(directory, { lockWaitMs: 60_000 });
  const hasty = await openStore(directory, { lockWaitMs: 50 });
  const { leave } = await stayInCommit(holder, KEY);
  const waiting = patient.session(KEY).update(increment);
  await refused('SESSION_BUSY', () => hasty.session(KEY).update(increment));
  await leave();
  expect((await waiting).entry).toEqual({ stays: 1, n: 1 });
  await patient.close();
  await hasty.close();
});

test.each(['remove', 'reset'])(
  'C.4 four processes that change and %s one session are never given the same revision',
  async (ends) => {
    const { below } = seeded(`rivals that ${ends}`);
    const directory = newDirectory();
    const rivals = [1, 2, 3, 4].map(() => {
      const words = [directory, KEY, String(below(2 ** 31)), '400', ends];
      return new Child('rival', { words });
    });
    await Promise.all(rivals.map((rival) => rival.said('ready')));
    for (const rival of rivals) rival.go();
    const given = await Promise.all(rivals.map((rival) => rival.said<unknown[]>('given')));
    expect(rivals.flatMap((rival) => rival.allSaid('failed'))).toEqual([]);
    expect(rivals.flatMap((rival) => rival.allSaid('warning'))).toEqual([]);
    const all = given.flat();
    expect(all.length).toBeGreaterThan(400);
    expect(new Set(all).size).toBe(all.length);
    const store = await openStore(directory);
    expect((await store.verify()).ok).toBe(true);
    await store.close();
  },
);
