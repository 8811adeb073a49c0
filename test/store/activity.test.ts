/** The work of a store on a clock that only moves when the test says so. */
import { expect, test } from 'vitest';
import { storeOver } from '../../src/index.ts';
import { FakeSurroundings, settle } from './fake-surroundings.ts';
import { stubBackend } from './stub-backend.ts';

const KEY = 'agent:main:main';

/** A store whose updates take as many milliseconds as their patch says. */
async function opened() {
  const surroundings = new FakeSurroundings();
  const backend = stubBackend((good) => ({
    async update(key, change, guard) {
      const { ms } = change as { ms: number };
      await new Promise<void>((resolve) => surroundings.after(ms, resolve));
      return good.update(key, change, guard);
    },
  }));
  const store = await storeOver(backend, {}, { surroundings, place: `${Math.LN2}` });
  const session = store.session(KEY);
  const take = async (ms: number) => {
    const done = session.update({ ms });
    await surroundings.pass(ms);
    await done;
  };
  return { store, surroundings, session, take };
}

test('tells how long the commits of the last minute took', async () => {
  const { store, surroundings, take } = await opened();
  const { openedAt } = store.activity();
  expect(openedAt).toBe(surroundings.now());
  for (let n = 0; n < 97; n += 1) await take(2);
  for (const ms of [50, 400, 1_000]) await take(ms);
  const { commits, lastMinute } = store.activity();
  expect(commits).toBe(100);
  expect(lastMinute.commits).toBe(100);
  expect(lastMinute.p50).toBeCloseTo(2, 1);
  expect(lastMinute.p99).toBeGreaterThanOrEqual(400 * 0.99);
  expect(lastMinute.p99).toBeLessThanOrEqual(400 * 1.01);
  expect(lastMinute.longest).toBe(1_000);
  expect(store.activity().openedAt).toBe(openedAt);
  await store.close();
});

test('forgets what is older than a minute, and keeps what is younger than fifty seconds', async () => {
  const { store, surroundings, take } = await opened();
  await take(700);
  await surroundings.pass(49_000);
  await take(5);
  expect(store.activity().lastMinute).toMatchObject({ commits: 2, longest: 700 });
  await surroundings.pass(12_000);
  expect(store.activity().lastMinute).toMatchObject({ commits: 1, longest: 5 });
  await surroundings.pass(60_000);
  const nothing = { commits: 0, p50: 0, p99: 0, longest: 0 };
  expect(store.activity()).toMatchObject({ commits: 2, lastMinute: nothing, longestTurnWait: 0 });
  await take(3);
  const { lastMinute } = store.activity();
  expect(lastMinute).toMatchObject({ commits: 1, longest: 3 });
  expect(lastMinute.p50).toBeLessThanOrEqual(3);
  await store.close();
});

test('tells the longest wait of the turns that began in the last minute', async () => {
  const { store, surroundings, session } = await opened();
  let end: () => void = () => undefined;
  const holder = session.turn(() => new Promise<void>((resolve) => (end = resolve)));
  await settle();
  expect(store.activity().longestTurnWait).toBe(0);
  const waiting = session.turn(() => undefined);
  await surroundings.pass(1_234);
  expect(store.activity().longestTurnWait, 'it waits still').toBe(0);
  end();
  await Promise.all([holder, waiting]);
  expect(store.activity().longestTurnWait).toBe(1_234);
  await surroundings.pass(70_000);
  expect(store.activity().longestTurnWait).toBe(0);
  await store.close();
});

test('counts no commit that was refused, and none that found nothing to remove', async () => {
  const { store, session } = await opened();
  await expect(session.append({ type: 'x' }, { ifRev: 7 })).rejects.toMatchObject({
    code: 'SESSION_GONE',
  });
  expect(await session.remove()).toBe(false);
  expect(store.activity()).toMatchObject({ commits: 0, lastMinute: { commits: 0 } });
  await store.close();
  await expect(session.append({ type: 'x' })).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  expect(store.activity().commits).toBe(0);
});
