import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openStore, type TranscriptRecord } from 'holdfast';
import { expect, onTestFinished, test } from 'vitest';
import { assertOneChain, collect, until } from '../../src/contract/conformance/trial.ts';
import { askFresh, Child, newDirectory, stayInCommit } from './child.ts';

const A = 'agent:main:slack:channel:a';
const B = 'agent:main:telegram:group:b';

/** A provider that keeps those who ask it waiting until it is told to answer. */
async function stalledProvider() {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => void waiting.push(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const answer = () => {
    for (const response of waiting) response.end('at last');
  };
  return { url: `http://127.0.0.1:${port}/`, waiting, answer };
}

test('R6.2 appends of four processes stand in one order, none inside another', async () => {
  const directory = newDirectory();
  const children = await Promise.all([1, 2, 3, 4].map(() => Child.gateway(directory)));
  await (children[0] as Child).ask('beginTurn', A);
  const ids: string[] = [];
  // In rounds: a process may commit all that it was asked for before another begins.
  for (let round = 0; round < 10; round += 1) {
    const appended = children.map((child, by) =>
      child.ask<string[]>('append', A, by, 25, 25 * round),
    );
    ids.push(...(await Promise.all(appended)).flat());
  }
  await (children[0] as Child).ask('endTurn', A, 'return');
  const records = await askFresh<TranscriptRecord[]>(directory, 'transcript', A);
  assertOneChain(records);
  expect(records.map(({ id }) => id).sort()).toEqual(ids.sort());
  for (const by of children.keys()) {
    const own = records.filter((record) => record.by === by).map(({ n }) => n);
    expect(own).toEqual(Array.from({ length: 250 }, (_, n) => n));
  }
  // Nobody had the file for himself all the time.
  const changes = records.filter((record, at) => record.by !== records[at - 1]?.by);
  expect(changes.length).toBeGreaterThan(30);
});

test('R6.2 an append through the session does not disturb the run of another process', async () => {
  const directory = newDirectory();
  const runner = await Child.gateway(directory);
  const store = await openStore(directory);
  await runner.ask('beginTurn', A);
  for (let n = 0; n < 20; n += 1) {
    await runner.ask('turnCall', A, 'append', { type: 'note', by: 'run', n });
    await store.session(A).append({ type: 'note', by: 'mirror', n });
  }
  expect(await runner.ask('turnAborted', A)).toBe(false);
  await runner.ask('turnCall', A, 'update', { ended: true });
  expect(await runner.ask('endTurn', A, 'return')).toBe('resolved');
  const records = await collect(store.session(A).transcript());
  assertOneChain(records);
  expect(records.map(({ by, n }) => `${by}${n}`)).toEqual(
    Array.from({ length: 20 }, (_, n) => [`run${n}`, `mirror${n}`]).flat(),
  );
  await store.close();
});

test('R6.5 a run of A delivers into B while B has a run and its lock is held', async () => {
  const directory = newDirectory();
  const [runA, runB, committing] = await Promise.all([
    Child.gateway(directory),
    Child.gateway(directory),
    Child.gateway(directory),
  ]);
  await runA.ask('beginTurn', A);
  await runB.ask('beginTurn', B);
  await runB.ask('turnCall', B, 'append', { type: 'note', by: 'B', n: 0 });
  const { leave } = await stayInCommit(committing, B);
  const deliver = () =>
    runA.ask('call', B, 'append', { type: 'note', by: 'A' }, { id: 'delivery-1' });
  // Delivered twice, as whoever is not sure does; both wait for the lock, neither is lost.
  const delivered = [deliver(), deliver()];
  await runA.ask('turnCall', A, 'append', { type: 'note', by: 'A' });
  await leave();
  const [once, again] = await Promise.all(delivered);
  expect(again).toEqual(once);
  await runB.ask('turnCall', B, 'append', { type: 'note', by: 'B', n: 1 });
  expect(await runB.ask('endTurn', B, 'return')).toBe('resolved');
  expect(await runA.ask('endTurn', A, 'return')).toBe('resolved');
  const records = await askFresh<TranscriptRecord[]>(directory, 'transcript', B);
  assertOneChain(records);
  expect(records.map(({ by }) => by)).toEqual(['B', 'A', 'B']);
  expect(await askFresh<TranscriptRecord[]>(directory, 'transcript', A)).toHaveLength(1);
});

test('R6.7 others append while a run waits for a provider that does not answer', async () => {
  const directory = newDirectory();
  const [runner, other] = await Promise.all([Child.gateway(directory), Child.gateway(directory)]);
  const provider = await stalledProvider();
  const consulted = runner.ask('consult', A, provider.url);
  await until('the provider was asked', () => provider.waiting.length === 1);
  for (let n = 0; n < 20; n += 1) {
    await other.ask('call', A, 'append', { type: 'note', by: 'other process' });
    await runner.ask('call', A, 'append', { type: 'note', by: 'same process' });
    await other.ask('call', A, 'update', { n });
  }
  expect(await other.ask('call', A, 'read')).toMatchObject({ turn: { status: 'running' } });
  provider.answer();
  await consulted;
  const records = await askFresh<TranscriptRecord[]>(directory, 'transcript', A);
  assertOneChain(records);
  expect(records.map(({ by }) => by)).toEqual([
    'user',
    ...Array.from({ length: 20 }, () => ['other process', 'same process']).flat(),
    'provider',
  ]);
});
