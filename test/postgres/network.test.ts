import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { collect, gate, refused, until } from '../../src/contract/conformance/trial.ts';
import { openStore, type Session, type Store } from '../../src/index.ts';
import { BadNetwork } from './bad-network.ts';
import { freshSchema } from './fresh-schema.ts';

const KEY = 'agent:main:chat:1';
const WAIT_MS = 1_000;
const LEASE_MS = 1_000;
/** How long a call may take of which nothing is heard: its wait, and five seconds for the answer. */
const BOUND_MS = WAIT_MS + 5_000 + 1_500;

const place = freshSchema();
const direct = new URL(place.url);
let bad: BadNetwork;
let near: Store;
let session: Session;
/** Past the bad. */
let far: Store;
beforeAll(async () => {
  far = await openStore(`${place.url}&leaseMs=${LEASE_MS}`);
});
afterAll(async () => {
  await far.close();
  await place.drop();
});
beforeEach(async () => {
  bad = await BadNetwork.before(Number(direct.port));
  near = await openThrough();
  session = near.session(KEY);
  await session.update({ n: 0 });
});
afterEach(async () => {
  bad.set('fair');
  bad.cutAll();
  await near.close();
  await far.session(KEY).remove();
  await bad.close();
});

function openThrough(): Promise<Store> {
  const url = new URL(direct);
  url.port = String(bad.port);
  const options = { lockWaitMs: WAIT_MS, onWarning: () => undefined };
  return openStore(`${url}&leaseMs=${LEASE_MS}&connections=4`, options);
}

async function timed<T>(call: () => Promise<T>): Promise<{ told: T; ms: number }> {
  const since = performance.now();
  const told = await call();
  return { told, ms: performance.now() - since };
}

/** A write that got no answer, or, when its pool has no idle connection just then, found none. */
async function lost(write: () => Promise<unknown>): Promise<void> {
  const told = await write().then(
    () => 'done',
    (error: { code?: unknown }) => error.code,
  );
  expect(['OUTCOME_UNKNOWN', 'IO_FAILED']).toContain(told);
}

test('C.17 postgres: a network that swallows everything: each call is told in bounded time, in a typed way', async () => {
  // Each has a connection that was used, and is dead then without a word.
  const stores = await Promise.all([1, 2, 3, 4].map(openThrough));
  const [appends, reads, asks, watches] = stores as [Store, Store, Store, Store];
  const one = appends.session('agent:main:chat:2');
  bad.set('swallows');
  const [update, append, watch, read, turn] = await Promise.all([
    timed(() => lost(() => session.update({ n: 1 }))),
    timed(() => lost(() => one.append({ type: 'note' }, { id: 'r' }))),
    timed(() => refused('IO_FAILED', () => collect(watches.watch()))),
    timed(() => refused('IO_FAILED', () => reads.session(KEY).read())),
    timed(() => refused('IO_FAILED', () => asks.session(KEY).turn(() => 0))),
  ]);
  for (const { ms } of [update, append, watch]) expect(ms).toBeLessThan(BOUND_MS);
  // It is made again once by itself.
  expect(read.ms).toBeLessThan(2 * BOUND_MS);
  // It listens, asks, and takes back what it asked, each in vain.
  expect(turn.ms).toBeLessThan(4 * BOUND_MS);
  // Connections of which nothing was heard are not used again.
  bad.set('fair');
  const [again] = await Promise.all([
    one.append({ type: 'note' }, { id: 'r' }),
    session.update({ n: 2 }),
    asks.session(KEY).turn(() => 0),
  ]);
  expect(again).toMatchObject({ id: 'r', seq: 1 });
  expect((await far.session(KEY).read())?.entry).toEqual({ n: 2 });
  await one.remove();
  await Promise.all(stores.map((store) => store.close()));
});

test('C.3 postgres: a server that goes down as it says that it is ready is an error, and ends nobody', async () => {
  bad.cutAll();
  bad.set('ends as it begins');
  await refused('IO_FAILED', () => session.read());
  await refused('IO_FAILED', () => session.turn(() => 0));
  await refused('IO_FAILED', openThrough);
  expect(bad.cuts).toBeGreaterThan(2);
  bad.set('fair');
  expect((await session.update({ n: 1 })).rev).toBe(2);
});

test('C.17 postgres: a network that swallows answers: a write that was done is of unknown outcome', async () => {
  bad.set('swallows answers');
  const update = timed(() => refused('OUTCOME_UNKNOWN', () => session.update({ n: 1 })));
  expect((await update).ms).toBeLessThan(BOUND_MS);
  expect(await far.session(KEY).read()).toMatchObject({ rev: 2, entry: { n: 1 } });
  bad.set('fair');
  await refused('REV_CONFLICT', () => session.update({ n: 1 }, { ifRev: 1 }));
});

test('R11.8 postgres: a holder that can not reach the server is told within its lease, before anyone else gets in', async () => {
  let lostAfter = 0;
  const lost = gate();
  const out = gate();
  const held = session.turn(async (turn) => {
    const since = performance.now();
    turn.signal.addEventListener('abort', () => {
      lostAfter = performance.now() - since;
      lost.open();
    });
    bad.set('swallows');
    let toldBefore = false;
    const taken = far.session(KEY).turn(async (next) => {
      toldBefore = lostAfter > 0;
      await next.update({ by: 'far' });
    });
    await lost.opened;
    expect(lostAfter).toBeLessThan(LEASE_MS + 200);
    await refused('TURN_LOST', () => turn.update({ by: 'near' }));
    await taken;
    expect(toldBefore).toBe(true);
    expect(performance.now() - since).toBeLessThan(LEASE_MS + 1_000);
    bad.set('fair');
    bad.cutAll();
    await refused('TURN_LOST', () => turn.update({ by: 'near' }));
    out.open();
  });
  await Promise.race([out.opened, held]);
  await held;
  expect((await far.session(KEY).read())?.entry.by).toBe('far');
});

test('C.17 postgres: a store is closed in bounded time also while nothing arrives', async () => {
  const store = await openThrough();
  const turn = gate();
  const held = store.session(KEY).turn(() => turn.opened);
  await until('it runs', async () => (await far.session(KEY).read())?.turn !== undefined);
  bad.set('swallows');
  const { told, ms } = await timed(() => Promise.allSettled([store.close(), held, turn.open()]));
  expect(ms).toBeLessThan(4 * BOUND_MS);
  // Its turn could not be ended, which one of the two says.
  const failures = told.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
  expect(failures.map(({ code }) => code)).toEqual(['IO_FAILED']);
  await refused('STORE_CLOSED', () => store.session(KEY).read());
  const state = await far.session(KEY).read();
  expect(state?.turn?.status).not.toBe('running');
});

test('C.17 postgres: a watcher whose connection was cut hears what happened meanwhile', async () => {
  const abort = new AbortController();
  const heard = new Set<string>();
  const watching = (async () => {
    for await (const { key } of near.watch({ signal: abort.signal })) heard.add(key);
  })();
  await far.session(KEY).update({ n: 1 });
  await until('it hears', async () => {
    await far.session(KEY).update({ n: Math.random() });
    return heard.has(KEY);
  });
  bad.set('swallows');
  bad.cutAll();
  await far.session('agent:main:chat:unheard').update({ n: 1 });
  bad.set('fair');
  bad.cutAll();
  await until('it has caught up', () => heard.has('agent:main:chat:unheard'));
  abort.abort();
  // Aborted in the middle of a wait, it ends with that reason.
  await watching.catch(() => undefined);
});

test('C.17 postgres: a write whose answer is cut in its middle is of unknown outcome, and is there', async () => {
  bad.set('cuts an answer', /\bs\.rev \+ 1/);
  await refused('OUTCOME_UNKNOWN', () => session.update({ n: 1 }, { ifRev: 1 }));
  expect(bad.cuts).toBe(1);
  expect(await session.read()).toMatchObject({ rev: 2, entry: { n: 1 } });
  await refused('REV_CONFLICT', () => session.update({ n: 1 }, { ifRev: 1 }));

  bad.set('cuts an answer', /insert into/);
  await refused('OUTCOME_UNKNOWN', () => session.append({ type: 'note' }, { id: 'r' }));
  expect(bad.cuts).toBe(2);
  expect(await session.append({ type: 'note' }, { id: 'r' })).toMatchObject({ id: 'r', seq: 1 });
  expect(await collect(session.transcript())).toHaveLength(1);
});

test('C.17 postgres: a read whose answer is cut in its middle is made again by itself', async () => {
  await session.read();
  bad.set('cuts an answer');
  expect(await session.read()).toMatchObject({ rev: 1, entry: { n: 0 } });
  expect(bad.cuts).toBe(1);
});

test('R10.5 postgres: a turn whose granting was not heard is had by asking again', async () => {
  await session.turn(() => 0);
  bad.set('cuts an answer', /begin_turn|begin a turn/);
  const { told, ms } = await timed(() => session.turn(async (turn) => turn.update({ n: 5 })));
  expect(told).toMatchObject({ entry: { n: 5 } });
  expect(ms).toBeLessThan(LEASE_MS);
  expect(bad.cuts).toBe(1);
});

test('R10.5 postgres: a turn whose end was not heard is over', async () => {
  await session.turn(async (turn) => {
    await turn.update({ n: 6 });
    bad.set('cuts an answer', /end_turn/);
  });
  expect(bad.cuts).toBe(1);
  expect((await far.session(KEY).read())?.turn).toBeUndefined();
});
