/** What is asked of one schedule: each law makes its own stores and says what must hold. */
import type { Scheduler } from 'fast-check';
import { expect } from 'vitest';
import { agentFolder, agentPaths } from '../../src/backends/files/layout.ts';
import type { Session, Store, StoreOptions } from '../../src/contract/store.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import { OPEN } from '../../src/system/file-system.ts';
import type { DiskCall } from '../interleavings/disk-calls.ts';
import { emptyDisk } from '../interleavings/laws.ts';
import type { SharedDisk } from '../interleavings/shared-disk.ts';
import { type Scheduled, scheduledStore } from './scheduled-system.ts';

export const KEY = 'agent:main:slack:channel:c1';
const { changes, sessions } = agentPaths('/store', agentFolder('main'));

export interface Scene extends Scheduled {
  open(process: number, options?: StoreOptions): Promise<Store>;
  /** Lets the scheduler work until this has settled. */
  until<T>(promise: Promise<T>): Promise<T>;
  /** Resolves at some time. */
  tick(): Promise<void>;
}

export function scene(
  scheduler: Scheduler,
  hooks: Pick<Scheduled, 'intervene' | 'asked'> = {},
): Scene {
  const disk = emptyDisk(true);
  const scheduled: Scheduled = { disk, scheduler, ...hooks };
  return {
    ...scheduled,
    open: (process, options) => scheduledStore(scheduled, process, options),
    until: (promise) => scheduler.waitFor(promise),
    tick: () => scheduler.schedule(Promise.resolve(), 'a tick'),
  };
}

/** The value of a call, or the code of its refusal. */
export async function settled<T>(call: Promise<T>): Promise<{ value?: T; code?: string }> {
  try {
    return { value: await call };
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    return { code: error.code };
  }
}

/** Everything that a store held is free again. */
export function expectNothingHeld(disk: SharedDisk, process: number): void {
  expect(disk.openOf(process), 'descriptors that are still open').toEqual([]);
}

const count = (session: Session) =>
  session.update((entry) => ({ n: ((entry.n as number | undefined) ?? 0) + 1 }));

/** The queue: first come, first served; nothing lost, whatever waits among the commits. */
export async function queueLaw({ open, until, disk }: Scene): Promise<void> {
  const [a, b] = [await open(1), await open(2)];
  const session = a.session(KEY);
  const other = b.session(KEY);
  const ours = [0, 1, 2, 3, 4].map((n) =>
    n === 2 ? session.reset({ keep: 'all' }) : count(session),
  );
  const abort = new AbortController();
  const aborted = settled(session.update({ never: true }, { signal: abort.signal })).catch(
    () => ({}),
  );
  abort.abort();
  const theirs = [count(other), count(other)];
  const revisions = (await until(Promise.all(ours))).map(({ rev }) => rev);
  expect(revisions).toEqual(revisions.toSorted((x, y) => x - y));
  await until(Promise.all([...theirs, aborted]));
  const state = await until(a.session(KEY).read());
  expect(state?.entry).toMatchObject({ n: 6 });
  await until(Promise.all([a.close(), b.close()]));
  expectNothingHeld(disk, 1);
}

/** Turns of two processes: one at a time, all of them, and the overtaken one writes nothing more. */
export async function turnLaw({ open, until }: Scene): Promise<void> {
  const [a, b] = [await open(1), await open(2)];
  let holder: number | undefined;
  let ended = 0;
  const run = (store: Store, n: number, whenBusy: 'wait' | 'interrupt') =>
    settled(
      store.session(KEY).turn(
        async (turn) => {
          holder = turn.fence;
          for (let step = 0; step < 3; step++) {
            const wrote = await settled(turn.update({ [`by${n}`]: step }));
            // Whoever began after us has taken the turn away: it is told to us by a refusal.
            if (holder !== turn.fence) expect(wrote.code).toBe('TURN_LOST');
            if (wrote.code !== undefined) expect(wrote.code).toBe('TURN_LOST');
          }
          ended += 1;
        },
        { whenBusy, waitMs: 1_000_000, graceMs: whenBusy === 'interrupt' ? 0 : 5_000 },
      ),
    );
  const turns = [run(a, 1, 'wait'), run(a, 2, 'wait'), run(b, 3, 'wait'), run(b, 4, 'interrupt')];
  const results = await until(Promise.all(turns));
  expect(results.map(({ code }) => code)).toEqual([undefined, undefined, undefined, undefined]);
  expect(ended).toBe(4);
  expect([...a.lanes(), ...b.lanes()]).toEqual([]);
  expect((await until(a.session(KEY).read()))?.turn).toBeUndefined();
  await until(Promise.all([a.close(), b.close()]));
}

/** A watcher hears of the last state of every key, and ends when its store is closed. */
export async function watchLaw({ open, until, tick }: Scene): Promise<void> {
  const [a, b, c] = [await open(1), await open(2), await open(3)];
  const keys = [KEY, 'agent:main:main', 'agent:other:main'];
  await until(a.session(KEY).update({ first: true }));
  const heard = new Map<string, string>();
  let done = false;
  const changes = c.watch();
  const watching = (async () => {
    for await (const { key, kind } of changes) {
      const { value: state, code } = await settled(c.session(key).read());
      if (code === 'STORE_CLOSED') continue;
      heard.set(key, state ? `${kind === 'remove' ? 'gone' : state.rev}` : 'gone');
    }
    done = true;
  })();
  const works = [
    ...keys.map((key) => count(a.session(key))),
    ...keys.map((key) => count(b.session(key))),
    a.session(KEY).remove(),
    b.session(keys[1] as string).append({ type: 'note' }),
  ];
  await until(Promise.all(works));
  const expected = new Map<string, string>();
  for (const key of keys) {
    const state = await until(a.session(key).read());
    expected.set(key, state ? `${state.rev}` : 'gone');
  }
  const knows = () => keys.every((key) => heard.get(key) === expected.get(key));
  for (let round = 0; round < ROUNDS_MAX && !knows(); round++) await until(tick());
  expect(Object.fromEntries(heard)).toEqual(Object.fromEntries(expected));
  await until(Promise.all([a.close(), b.close(), c.close()]));
  await until(watching);
  expect(done).toBe(true);
}

/** Rounds of polling after which nothing more is to be heard. */
const ROUNDS_MAX = 500;

/** What was acknowledged before a close is there afterwards; what was refused is not; all is free. */
export async function closeLaw({ open, until, tick, disk }: Scene): Promise<void> {
  const store = await open(1);
  const keys = [KEY, 'agent:main:main'];
  const works = keys.flatMap((key) => {
    const session = store.session(key);
    return [
      settled(count(session)),
      settled(session.reset({ keep: 'all' })),
      settled(session.append({ type: 'note' }, { id: 'one' })),
      settled(session.turn(async (turn) => void (await turn.update({ turned: true })))),
      settled(session.archives()),
      settled(count(session)),
    ];
  });
  const listing = settled(
    (async () => {
      for await (const _ of store.list()) await tick();
    })(),
  );
  const closing = store.close();
  const late = await until(settled(store.session(KEY).update({ late: true })));
  expect(late.code).toBe('STORE_CLOSED');
  const results = await until(Promise.all([...works, listing]));
  await until(closing);
  for (const { code } of results) expect([undefined, 'STORE_CLOSED', 'TURN_LOST']).toContain(code);
  expectNothingHeld(disk, 1);
  const after = await open(2);
  for (const [at, key] of keys.entries()) {
    const counted = [0, 5].filter((n) => results[at * 6 + n]?.code === undefined).length;
    const state = await until(after.session(key).read());
    expect(state?.entry.n ?? 0).toBe(counted);
    expect(state?.entry.late).toBeUndefined();
  }
  await until(after.close());
}

/** With `power`, nothing is acknowledged before a sync that began after its write has ended. */
export async function syncLaw(scheduler: Scheduler, failAt: number): Promise<void> {
  let syncs = 0;
  const safe = new Map<string, string>();
  // A sync covers what was written before it began, and not what came while it was under way.
  const covered = new Map<DiskCall, { path: string; text: string }>();
  const asked = (call: DiskCall) => {
    if (call.name !== 'sync') return;
    const path = disk.pathOf(call.fd);
    if (path === undefined || disk.facts(path).kind !== 'file') return;
    covered.set(call, { path, text: disk.textOf(path) });
  };
  const intervene = (_: number, call: DiskCall) => {
    if (call.name !== 'sync') return undefined;
    syncs += 1;
    if (syncs === failAt) return 'EIO';
    const now = covered.get(call);
    // Two syncs of one file may end in either order.
    if (now && now.text.length >= (safe.get(now.path) ?? '').length) safe.set(now.path, now.text);
    return undefined;
  };
  const { disk, open, until } = scene(scheduler, { asked, intervene });
  const store = await open(1, { durability: 'power' });
  const session = store.session(KEY);
  const kept = (text: string) => [...safe.values()].some((each) => each.includes(text));
  const works = [0, 1, 2, 3].map(async (n) => {
    const entry = await settled(session.update({ [`field${n}`]: n }));
    if (entry.code === undefined)
      expect(kept(`"field${n}"`), `field ${n} is not synced`).toBe(true);
    else expect(entry.code).toBe('OUTCOME_UNKNOWN');
    const record = await settled(session.append({ type: 'note', text: `record${n}` }));
    if (record.code === undefined)
      expect(kept(`record${n}`), `record ${n} is not synced`).toBe(true);
    else expect(record.code).toBe('OUTCOME_UNKNOWN');
  });
  await until(Promise.all(works));
  await until(settled(store.close()));
  expectNothingHeld(disk, 1);
}

/** More sessions than descriptors: each call works on files of its own, and few stay open. */
export async function poolLaw({ open, until, tick, disk }: Scene): Promise<void> {
  const store = await open(1, { openFilesMax: 16 });
  const keys = Array.from({ length: 9 }, (_, n) => `agent:main:slack:channel:c${n}`);
  const work = async (key: string) => {
    const session = store.session(key);
    await Promise.all([count(session), session.append({ type: 'note', text: key })]);
    await session.reset({ keep: 'all' });
    await session.append({ type: 'note', text: `${key} again` });
    await count(session);
  };
  await until(Promise.all(keys.map(work)));
  await until(tick());
  for (const key of keys) {
    const session = store.session(key);
    expect((await until(session.read()))?.entry.n).toBe(2);
    const texts = async () => {
      const all: unknown[] = [];
      for await (const { text } of session.transcript()) all.push(text);
      return all;
    };
    expect(await until(texts())).toEqual([`${key} again`]);
  }
  expect(disk.openOf(1).length).toBeLessThanOrEqual(16 + 3);
  await until(store.close());
  expectNothingHeld(disk, 1);
}

/** A journal that is full goes on in the next file, and nobody who reads it misses a line. */
export async function journalLaw({ open, until, disk }: Scene): Promise<void> {
  const [a, b] = [await open(1), await open(2)];
  await until(count(a.session(KEY)));
  // Nearly full: every few lines begin the next file.
  const fill = () => {
    const journals = disk.names(changes).filter(({ name }) => /^1\.\d+\.jsonl$/.test(name));
    const fd = disk.openFile(99, `${changes}/${journals.at(-1)?.name}`, OPEN.append, 0);
    const text = disk.textOf(`${changes}/${journals.at(-1)?.name}`);
    disk.write(fd, `["x",0,"append"]${' '.repeat(Math.max(0, 4_194_304 - text.length - 40))}\n`);
    disk.close(fd);
  };
  const rows = async () => {
    const all = new Map<string, number>();
    for await (const { key, rev } of b.list()) all.set(key, rev);
    return all;
  };
  await until(rows());
  for (let round = 0; round < 2; round++) {
    fill();
    const keys = [KEY, 'agent:main:main', `agent:main:slack:channel:round${round}`];
    const works = keys.map((key) => count(a.session(key)));
    await until(Promise.all([...works, rows()]));
    const seen = await until(rows());
    for (const key of keys) {
      expect(seen.get(key), key).toBe((await until(a.session(key).read()))?.rev);
    }
  }
  await until(Promise.all([a.close(), b.close()]));
}

/** Two stores save the list while others change what is in it: who comes next sees what there is. */
export async function savedListLaw({ open, until, disk }: Scene): Promise<void> {
  const [a, b, c] = [await open(1), await open(2), await open(3)];
  const keys = [KEY, 'agent:main:main', '__proto__'];
  const listed = async (store: Store) => {
    const all: string[] = [];
    for await (const { key, rev } of store.list({ order: 'key' })) all.push(`${key} ${rev}`);
    return all;
  };
  await until(Promise.all(keys.map((key) => count(a.session(key)))));
  const works = [
    listed(b).then(() => b.close()),
    listed(c).then(() => c.close()),
    ...keys.map((key) => count(a.session(key))),
    a.session(KEY).remove(),
  ];
  await until(Promise.all(works));
  await until(a.close());
  const late = await open(4);
  const there: string[] = [];
  for (const key of [...keys].sort()) {
    const state = await until(late.session(key).read());
    if (state) there.push(`${key} ${state.rev}`);
  }
  expect(await until(listed(late))).toEqual(there.sort());
  await until(late.close());
  expect(disk.paths().filter((path) => path.startsWith(sessions) && /\.tmp-/.test(path))).toEqual(
    [],
  );
}
