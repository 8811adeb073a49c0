import { spawnSync } from 'node:child_process';
import { openStore } from 'holdfast';
import { expect, type TestContext, test } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { refused, until } from '../../src/contract/conformance/trial.ts';
import { realSystem } from '../../src/system/system.ts';
import { Child, newDirectory, stayInCommit } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';
const HOUR_MS = 3_600_000;
/** A command that starts a program as process 1 of a namespace of its own; it dies with the command. */
const NAMESPACE = ['unshare', '-Urpf', '--mount-proc', '--kill-child'];

interface Begun {
  fence: number;
  previous?: { ended: string; holder: { pid: number } };
}

/** Processes of two namespaces with one pid, or the reason why there are none here. */
async function twins(directory: string, context: TestContext): Promise<[Child, Child]> {
  const probe = spawnSync(NAMESPACE[0] as string, [...NAMESPACE.slice(1), 'true']);
  if (probe.status !== 0) {
    const reason = `no pid namespaces here: ${probe.error?.message ?? probe.stderr}`;
    console.log(reason);
    context.skip(reason);
  }
  const start = () => Child.gateway(directory, { lockWaitMs: 300 }, { wrap: NAMESPACE });
  const pair: [Child, Child] = [await start(), await start()];
  for (const child of pair) expect(await child.ask('pid')).toBe(1);
  return pair;
}

test('R11.2 the next process takes over what a killed one held in a turn', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory);
  const { fence } = await holder.ask<Begun>('beginTurn', KEY);
  const waiting = store.session(KEY).turn((turn) => {
    expect(turn.fence).toBeGreaterThan(fence);
    expect(turn.previous).toMatchObject({ fence, ended: 'cut-off', holder: { pid: holder.pid } });
    return turn.update({ taken: true });
  });
  await refused('SESSION_BUSY', () => store.session(KEY).turn(() => 0, { whenBusy: 'reject' }));
  const killed = performance.now();
  await holder.kill();
  await waiting;
  expect(performance.now() - killed).toBeLessThan(2_000);
  await store.close();
});

test('R11.2 the next process takes over what a killed one held in a commit', async () => {
  const directory = newDirectory();
  const holder = await Child.gateway(directory);
  const store = await openStore(directory);
  await stayInCommit(holder, KEY);
  let done = false;
  const waiting = Promise.all([
    store.session(KEY).update({ taken: true }),
    store.session(KEY).append({ type: 'note' }),
  ]).then(() => {
    done = true;
  });
  await store.session('agent:main:other').update({ n: 1 });
  expect(done).toBe(false);
  const killed = performance.now();
  await holder.kill();
  await waiting;
  expect(performance.now() - killed).toBeLessThan(2_000);
  expect((await store.session(KEY).read())?.entry).toEqual({ taken: true });
  await store.close();
});

test('R11.2 a process takes over what one with its own pid held', async (context) => {
  const [former, next] = await twins(newDirectory(), context);
  await former.ask('beginTurn', KEY);
  await stayInCommit(former, KEY);
  const killed = performance.now();
  await former.kill();
  await until('the kernel has freed the lock', () =>
    next.ask('call', KEY, 'update', { taken: true }).then(
      () => true,
      (error: { code: string }) => error.code !== 'SESSION_BUSY',
    ),
  );
  const { previous } = await next.ask<Begun>('beginTurn', KEY);
  expect(performance.now() - killed).toBeLessThan(2_000);
  expect(previous).toMatchObject({ ended: 'cut-off', holder: { pid: 1 } });
});

test('R11.3 a live lock is never taken by a process with the pid of its holder', async (context) => {
  const [holder, other] = await twins(newDirectory(), context);
  await holder.ask('beginTurn', KEY);
  const shown = await other.ask<{ turn: { status: string } }>('call', KEY, 'read');
  expect(shown.turn).toMatchObject({ status: 'running', holder: { pid: 1 } });
  expect(await other.ask('waitForTurn', KEY, { waitMs: 300 })).toBe('SESSION_BUSY');
  expect(await other.ask('waitForTurn', KEY, { whenBusy: 'reject' })).toBe('SESSION_BUSY');
  const { leave } = await stayInCommit(holder, KEY);
  await refused('SESSION_BUSY', () => other.ask('call', KEY, 'update', { n: 1 }).catch(typed));
  await leave();
  expect(await other.ask('call', KEY, 'update', { n: 1 })).toMatchObject({ rev: 3 });
  await holder.ask('turnCall', KEY, 'update', { still: 'the holder' });
  expect(await holder.ask('endTurn', KEY, 'return')).toBe('resolved');
  expect(await other.ask('waitForTurn', KEY, { whenBusy: 'reject' })).toBe('began');
});

/** The error of a child as `refused` knows it. */
function typed(error: Error): never {
  throw Object.assign(error, { name: 'HoldfastError' });
}

test('R11.6 a release by a former owner leaves the lock of the present one', async () => {
  const directory = newDirectory();
  const former = await Child.gateway(directory);
  const present = await Child.gateway(directory);
  const store = await openStore(directory);
  const session = store.session(KEY);
  const isHeld = () => refused('SESSION_BUSY', () => session.turn(() => 0, { whenBusy: 'reject' }));
  for (const taken of ['overtaken', 'reset', 'removed']) {
    await former.ask('beginTurn', KEY, { heedless: true });
    // It can not notice that it lost the turn before it releases it.
    await former.stop();
    if (taken === 'reset') await session.reset();
    if (taken === 'removed') await session.remove();
    const options = taken === 'overtaken' ? { whenBusy: 'interrupt', graceMs: 20 } : {};
    const { fence } = await present.ask<Begun>('beginTurn', KEY, { turn: options });
    const released = former.ask('endTurn', KEY, 'return');
    former.resume();
    expect(await released).toBe('resolved');
    await isHeld();
    expect((await session.read())?.turn).toMatchObject({ fence, status: 'running' });
    await present.ask('turnCall', KEY, 'update', { by: taken });
    await present.ask('endTurn', KEY, 'return');
    expect((await session.read())?.entry.by).toBe(taken);
    expect(await session.turn(() => 'free', { whenBusy: 'reject' })).toBe('free');
  }
  await store.close();
});

test('R11.6 the end of a turn leaves the lock of the one that began while it was written', async () => {
  const directory = newDirectory();
  let elapsed = 0;
  let slow = true;
  const slowly = <T>(done: T): T => {
    if (slow) elapsed += 20;
    return done;
  };
  const system = {
    ...realSystem,
    clock: { ...realSystem.clock, elapsed: () => elapsed },
    fs: {
      ...realSystem.fs,
      writeSync: ((...given: Parameters<typeof realSystem.fs.writeSync>) =>
        slowly(realSystem.fs.writeSync(...given))) as typeof realSystem.fs.writeSync,
    },
  };
  const settings = { durability: 'process', instance: 'ends', lockWaitMs: 1_000 } as const;
  const more = { openFilesMax: 128, onWarning: () => undefined };
  const backend = await openFiles(directory, { ...settings, ...more }, system);
  const other = await openStore(directory);
  const ask = {
    holder: { host: 'here', pid: 1, instance: 'ends' },
    waitMs: 1_000,
    onInterrupt: () => undefined,
    onLost: () => undefined,
  };
  // Slow writes are made off the event loop, so that a beginning can stand in line behind an end;
  // after some quick ones they are made on it again, and the beginning is done before its end is.
  for (let quick = 0; quick < 10; quick += 1) {
    slow = true;
    for (let n = 0; n < 6; n += 1) await backend.update(KEY, { n: `${quick}.${n}` }, {});
    slow = false;
    const { fence } = await backend.beginTurn(KEY, ask);
    for (let n = 0; n < quick; n += 1) await backend.update(KEY, { quick: `${quick}.${n}` }, {});
    const ended = backend.endTurn(KEY, fence);
    const begun = backend.beginTurn(KEY, ask);
    await ended;
    const next = await begun;
    await backend.update(KEY, { by: next.fence }, { fence: next.fence });
    await refused('SESSION_BUSY', () => other.session(KEY).turn(() => 0, { whenBusy: 'reject' }));
    await backend.endTurn(KEY, next.fence);
  }
  await backend.close();
  await other.close();
});

test.each([HOUR_MS, -HOUR_MS])(
  'R11.11 a clock that steps by %i ms neither frees a live lock nor keeps a dead one',
  async (stepMs) => {
    const directory = newDirectory();
    const holder = await Child.gateway(directory);
    const other = new Child('gateway');
    await other.said('ready');
    await other.ask('open', directory, { lockWaitMs: 300 }, 0);
    const before = await other.ask<{ updatedAt: number }>('call', KEY, 'update', { n: 1 });
    await holder.ask('beginTurn', KEY);
    const waiting = other.ask('waitForTurn', KEY, { waitMs: 30_000 });
    await until('it waits', async () => (await other.ask<unknown[]>('lanes')).length === 1);
    const { leave } = await stayInCommit(holder, KEY);
    await other.ask('step', stepMs);
    await refused('SESSION_BUSY', () => other.ask('call', KEY, 'update', { n: 2 }).catch(typed));
    await leave();
    expect(await other.ask('waitForTurn', KEY, { whenBusy: 'reject' })).toBe('SESSION_BUSY');
    const after = await other.ask<{ updatedAt: number }>('call', KEY, 'update', { n: 2 });
    expect(after.updatedAt).toBeGreaterThanOrEqual(before.updatedAt);
    expect(await holder.ask('turnAborted', KEY)).toBe(false);
    await holder.kill();
    expect(await waiting).toBe('began');
  },
);
