import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { collect, gate, refused } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory, stayInCommit } from './child.ts';

const A = 'agent:main:slack:channel:a';
const B = 'agent:main:telegram:group:b';
const increment = (entry: { n?: number }) => ({ n: (entry.n ?? 0) + 1 });
const turnOfEventLoop = () => new Promise((resolve) => setImmediate(resolve));

test('R1.1 updates of B finish while another process holds a turn of A', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory);
  await holder.ask('beginTurn', A);
  for (let n = 1; n <= 100; n += 1) {
    expect((await store.session(B).update({ n })).rev).toBe(n);
  }
  // The metadata and the transcript of A are nobody's either: a turn holds no lock that they need.
  await store.session(A).update({ seen: true });
  await store.session(A).append({ type: 'note' });
  expect((await store.session(A).read())?.turn?.status).toBe('running');
  expect(await holder.ask('endTurn', A, 'return')).toBe('resolved');
  await store.close();
});

test('R1.1 updates of B finish while 10,000 updates of A wait for another process', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory, { lockWaitMs: 60_000 });
  await store.session(A).update({ n: 0 });
  const { leave } = await stayInCommit(holder, A);
  let done = 0;
  const queued = Array.from({ length: 10_000 }, () =>
    store
      .session(A)
      .update(increment)
      .then(() => {
        done += 1;
      }),
  );
  for (let n = 1; n <= 100; n += 1) await store.session(B).update({ n });
  expect(done).toBe(0);

  const left = leave();
  // While the queue drains the process goes on, too: B is asked again in every turn of its loop.
  let most = 0;
  let between = 0;
  while (done < queued.length) {
    const before = done;
    await turnOfEventLoop();
    await store.session(B).update(increment);
    if (done > 0 && done < queued.length) between += 1;
    most = Math.max(most, done - before);
  }
  await Promise.all([...queued, left]);
  expect(between).toBeGreaterThan(20);
  expect(most).toBeLessThanOrEqual(256);
  expect((await store.session(A).read())?.entry.n).toBe(10_000);
  await store.close();
});

test('C.6 A never waits for B whose lock a stopped process holds', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory, { lockWaitMs: 300 });
  await stayInCommit(holder, B);
  await holder.stop();
  const waiting = Array.from({ length: 100 }, (_, n) =>
    refused('SESSION_BUSY', () => store.session(B).update({ n })),
  );
  for (let n = 1; n <= 100; n += 1) {
    await store.session(A).update({ n });
    await store.session(A).append({ type: 'note', n });
  }
  await store.session(A).turn((turn) => turn.update({ turned: true }));
  await store.session(A).reset();
  expect(await collect(store.list({ agentId: 'main' }))).toHaveLength(1);
  // Nothing is stolen from the stopped process: those who wait for B are told so at their deadline.
  for (const error of await Promise.all(waiting)) {
    expect(error).toMatchObject({ key: B, retry: 'later' });
    expect(error.message).toContain('another process');
  }
  expect(await store.session(B).read()).toBeUndefined();
  await store.close();
});

test('C.6 those who wait for a session in one process are served in order of arrival', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory);
  const { leave } = await stayInCommit(holder, A);
  const order: number[] = [];
  const given = Array.from({ length: 300 }, (_, n) => n);
  const all = given.map((n) =>
    n % 3 === 2
      ? store.session(A).append({ type: 'note', n })
      : store.session(A).update(() => {
          order.push(n);
          return { n };
        }),
  );
  await Promise.all([...all, leave()]);
  expect(order).toEqual(given.filter((n) => n % 3 !== 2));
  const records = await collect(store.session(A).transcript());
  expect(records.map(({ n }) => n)).toEqual(given.filter((n) => n % 3 === 2));
  await store.close();
});

test('C.6 the queue of a session is bounded', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory);
  const { leave } = await stayInCommit(holder, A);
  let refusals = 0;
  const all = Array.from({ length: 17_000 }, () =>
    store
      .session(A)
      .update(increment)
      .then(
        () => 1,
        (error: { code: string; message: string }) => {
          expect(error.code).toBe('SESSION_BUSY');
          refusals += 1;
          return 0;
        },
      ),
  );
  await turnOfEventLoop();
  expect(refusals).toBe(17_000 - 16_384);
  await leave();
  const counted = (await Promise.all(all)).reduce<number>((sum, one) => sum + one, 0);
  expect((await store.session(A).read())?.entry.n).toBe(counted);
  await store.close();
});

test('C.6 a wait for a turn outlasts the use of thousands of other sessions', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory);
  await holder.ask('beginTurn', A);
  const began = gate();
  const waited = store.session(A).turn(async (turn) => {
    began.open();
    await turn.update({ by: 'the one that waited' });
  });
  for (let n = 0; n < 12_000; n += 1) await store.session(`agent:main:other:${n}`).read();
  await holder.ask('endTurn', A, 'return');
  await began.opened;
  await waited;
  expect((await store.session(A).read())?.entry.by).toBe('the one that waited');
  await store.close();
});
