import { readdirSync } from 'node:fs';
import { openStore, type Session, type Store } from 'holdfast';
import { expect, test } from 'vitest';
import { assertOneChain, collect } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory } from './child.ts';
import { dieAtEveryCall, type Remains } from './dying.ts';
import { seeded } from './seeded.ts';

const KEY = 'agent:main:slack:channel:c024';
const LONG = { timeout: 180_000 };

async function converse(session: Session, n: number): Promise<void> {
  await session.update({ n });
  for (let i = 0; i < 3; i += 1) await session.append({ type: 'note', n });
}

/** Two conversations; the first one is archived. */
async function twoConversations(store: Store): Promise<void> {
  const session = store.session(KEY);
  await converse(session, 1);
  await session.reset({ keep: 'none', reason: 'prepared' });
  await converse(session, 2);
}

/** Every conversation of the session: its number, and the numbers in its records. */
async function conversations(session: Session) {
  const told = async (sessionId: string, n: unknown) => {
    const records = await collect(session.transcript({ sessionId }));
    assertOneChain(records);
    return { n, records: records.map((record) => record.n) };
  };
  const state = await session.read();
  const active = state && (await told(state.sessionId, state.entry.n));
  const archives = await session.archives();
  const archived = await Promise.all(archives.map((each) => told(each.sessionId, each.entry.n)));
  return { active, archived };
}

/** That the session is whole, and that the next ones can go on with it. */
async function goOn({ store, observer, directory }: Remains): Promise<void> {
  // Whoever had looked before finds what whoever looks for the first time finds, in every way.
  const state = await store.session(KEY).read();
  expect(await observer.session(KEY).read()).toEqual(state);
  const listed = await collect(observer.list());
  expect(listed.map(({ rev }) => rev)).toEqual(state ? [state.rev] : []);
  expect(listed).toEqual(await collect(store.list()));
  const { problems } = await store.verify();
  expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
  const other = await openStore(directory, { onWarning: () => undefined });
  const session = store.session(KEY);
  const { rev } = await session.update({ after: 1 });
  expect((await other.session(KEY).update({ after: 2 })).rev).toBe(rev + 1);
  const record = await other.session(KEY).append({ type: 'note', n: 'after' });
  expect(await collect(session.transcript({ last: 1, onDamage: 'throw' }))).toEqual([record]);
  const count = (await session.archives()).length;
  const former = (await session.read())?.sessionId;
  await session.reset();
  expect((await session.archives()).map((each) => each.sessionId)).toContain(former);
  expect(await session.archives()).toHaveLength(count + 1);
  expect(await session.turn(() => 'free', { whenBusy: 'reject' })).toBe('free');
  expect((await store.verify()).ok).toBe(true);
  await other.close();
}

const first = { n: 1, records: [1, 1, 1] };
const second = { n: 2, records: [2, 2, 2] };
const fresh = { n: undefined, records: [] };

test('R5.4 SIGKILL at any step of a reset leaves one conversation or the other', LONG, async () => {
  const calls = await dieAtEveryCall(KEY, 'reset', twoConversations, async (remains) => {
    const session = remains.store.session(KEY);
    const all = await conversations(session);
    const before = { active: second, archived: [first] };
    const after = { active: fresh, archived: [second, first] };
    expect(remains.acknowledged ? [after] : [before, after]).toContainEqual(all);
    // The new conversation has its transcript from the first moment on.
    const { sessionId } = (await session.read()) as { sessionId: string };
    const names = readdirSync(remains.directory, { recursive: true, encoding: 'utf8' });
    expect(names.some((name) => name.endsWith(`${sessionId}.jsonl`))).toBe(true);
    await goOn(remains);
  });
  expect(calls).toBeGreaterThan(8);
});

test('R5.4 SIGKILL at random moments of many resets loses no conversation', LONG, async () => {
  const { below } = seeded('resets');
  const directory = newDirectory();
  for (let round = 0; round < 12; round += 1) {
    const child = new Child('resets', { words: [directory, KEY] });
    const begun = await child.said<string>('reset');
    await new Promise((resolve) => setTimeout(resolve, below(40)));
    await child.kill();
    const acknowledged = [begun, ...child.allSaid<string>('reset')];
    const store = await openStore(directory, { onWarning: () => undefined });
    const session = store.session(KEY);
    const archives = (await session.archives()).map(({ sessionId }) => sessionId);
    const active = (await session.read())?.sessionId as string;
    const known = [...archives].reverse().concat(active);
    expect(new Set(known).size).toBe(known.length);
    // All that were acknowledged, in their order; at most one more that was not.
    const at = known.indexOf(acknowledged[0] as string);
    expect(known.slice(at, at + acknowledged.length)).toEqual(acknowledged);
    expect(known.length - at - acknowledged.length).toBeLessThanOrEqual(1);
    for (const sessionId of archives.slice(0, 5)) {
      expect(await collect(session.transcript({ sessionId }))).toHaveLength(1);
    }
    expect((await store.verify()).ok).toBe(true);
    await store.close();
  }
});

test(
  'C.14 SIGKILL at any step of a restore leaves one conversation or the other',
  LONG,
  async () => {
    const calls = await dieAtEveryCall(KEY, 'restore', twoConversations, async (remains) => {
      const all = await conversations(remains.store.session(KEY));
      const before = { active: second, archived: [first] };
      const after = { active: first, archived: [second] };
      expect(remains.acknowledged ? [after] : [before, after]).toContainEqual(all);
      await goOn(remains);
    });
    expect(calls).toBeGreaterThan(8);
  },
);

test('C.14 SIGKILL at any step of a removal leaves all of a session or nothing', LONG, async () => {
  const calls = await dieAtEveryCall(KEY, 'remove', twoConversations, async (remains) => {
    const session = remains.store.session(KEY);
    const all = await conversations(session);
    const before = { active: second, archived: [first] };
    const after = { active: undefined, archived: [] };
    expect(remains.acknowledged ? [after] : [before, after]).toContainEqual(all);
    expect(await collect(remains.store.list())).toHaveLength(all.active ? 1 : 0);
    if (!all.active) {
      // Whoever saw the end of the session sees the next one begin, also where the end stayed.
      expect(await remains.observer.session(KEY).read()).toBeUndefined();
      expect((await session.update({ n: 3 })).rev).toBe(1);
    }
    expect(await session.archives()).toHaveLength(all.archived.length);
    await goOn(remains);
  });
  expect(calls).toBeGreaterThan(5);
});

test(
  'C.14 SIGKILL at any step of a first append leaves a whole session or none',
  LONG,
  async () => {
    const nothing = async () => undefined;
    const calls = await dieAtEveryCall(KEY, 'create', nothing, async (remains) => {
      const session = remains.store.session(KEY);
      const state = await session.read();
      if (state) expect(state).toMatchObject({ rev: 1, entry: {} });
      const records = state ? await collect(session.transcript()) : [];
      expect(records.map(({ n }) => n)).toEqual(records.length > 0 ? [1] : []);
      if (remains.acknowledged) expect(records).toHaveLength(1);
      await goOn(remains);
    });
    expect(calls).toBeGreaterThan(10);
  },
);

test('C.14 SIGKILL at any step of a turn leaves what was acknowledged in it', LONG, async () => {
  const prepare = (store: Store) => converse(store.session(KEY), 1);
  const calls = await dieAtEveryCall(KEY, 'turn', prepare, async (remains) => {
    const session = remains.store.session(KEY);
    const state = await session.read();
    const records = (await collect(session.transcript())).slice(3).map(({ n }) => n);
    // The turn sets 2, appends 3 and sets 4, and says each number once it was acknowledged.
    const done = [1, 2, 3, 4].filter((n) => n <= (remains.last ?? 1)).at(-1) as number;
    const now = Math.max(state?.entry.n, ...records);
    expect([done, done + 1]).toContain(now);
    expect(records).toEqual(now >= 3 ? [3] : []);
    if (state?.turn) expect(state.turn.status).toBe('cut-off');
    await goOn(remains);
  });
  expect(calls).toBeGreaterThan(10);
});

test('C.14 SIGKILL at any step of a fold loses no update', LONG, async () => {
  let before = 0;
  let after = 0;
  const prepare = (store: Store) => store.session(KEY).update({ n: -1 });
  await dieAtEveryCall(KEY, 'fold', prepare, async (remains) => {
    const state = await remains.store.session(KEY).read();
    const { n, text } = state?.entry ?? {};
    const last = remains.last as number;
    expect([last, last + 1]).toContain(n);
    expect(text).toBe(`${n % 10}`.repeat(8_000));
    const names = readdirSync(remains.directory, { recursive: true, encoding: 'utf8' });
    if (names.some((name) => name.endsWith('meta.2.jsonl'))) after += 1;
    else before += 1;
    await goOn(remains);
  });
  expect(before).toBeGreaterThan(3);
  expect(after).toBeGreaterThan(3);
});
