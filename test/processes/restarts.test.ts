import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { gate, refused } from '../../src/contract/conformance/trial.ts';
import { storeOver, type Turn } from '../../src/index.ts';
import { realSystem } from '../../src/system/system.ts';
import { Child, newDirectory, stay } from './child.ts';

const MAIN = 'agent:main:main';
const SIDE = ['boot', 'cron:nightly', 'heartbeat', 'subagent:1'].map(
  (tail) => `agent:main:${tail}`,
);

/** Every byte of the sessions whose directory begins with a name. */
function bytesOf(directory: string, slug: string): Record<string, string> {
  const sessions = join(directory, 'agents/main/sessions/sessions.d');
  const found: Record<string, string> = {};
  for (const folder of readdirSync(sessions).filter((name) => name.startsWith(slug))) {
    for (const name of readdirSync(join(sessions, folder))) {
      found[name] = readFileSync(join(sessions, folder, name), 'utf8');
    }
  }
  return found;
}

test('R10.3 twenty restarts with their boot, cron, heartbeat and sub-agent runs leave the main session alone', async () => {
  const directory = newDirectory();
  const store = await openStore(directory);
  for (let n = 0; n < 5; n += 1) await store.session(MAIN).append({ type: 'message', n });
  await store.session(MAIN).update({ model: 'opus' });
  await store.close();
  const before = bytesOf(directory, 'main~');
  expect(Object.keys(before).length).toBeGreaterThanOrEqual(3);

  const ids = new Set<string>();
  for (let restart = 1; restart <= 20; restart += 1) {
    const child = await Child.gateway(directory);
    const states = await Promise.all(
      SIDE.map((key) => child.ask<{ sessionId: string; entry: { runs: number } }>('run', key)),
    );
    for (const { sessionId } of states) ids.add(sessionId);
    // Every other one is killed while its runs are still going on.
    if (restart % 2) {
      await Promise.all(SIDE.map((key) => child.ask('beginTurn', key)));
      await child.kill();
    } else await child.ask('close');
    expect(states.map(({ entry }) => entry.runs)).toEqual(SIDE.map(() => restart));
  }
  expect(ids.size).toBe(SIDE.length);
  expect(bytesOf(directory, 'main~')).toEqual(before);
});

test('R11.1 an in-place restart frees every session of the former generation at once', async () => {
  const directory = newDirectory();
  const former = await openStore(directory, { instance: 'gateway' });
  const keys = Array.from({ length: 20 }, (_, n) => `agent:main:chat:${n}`);
  const hold = gate();
  const tasks: Turn[] = [];
  const begun = gate();
  const running = keys.map((key) =>
    former.session(key).turn(async (turn) => {
      tasks.push(turn);
      if (tasks.length === keys.length) begun.open();
      await hold.opened;
    }),
  );
  await begun.opened;
  // It forgot to close the former one, whose tasks go on.
  const next = await openStore(directory, { instance: 'gateway', lockWaitMs: 0 });
  for (const key of keys) {
    await next.session(key).append({ type: 'message' });
    await next.session(key).turn((turn) => turn.update({ by: 'next' }), { whenBusy: 'reject' });
  }
  for (const task of tasks) {
    expect(task.signal.aborted).toBe(true);
    await refused('STORE_CLOSED', () => task.update({ by: 'former' }));
    await refused('STORE_CLOSED', () => task.append({ type: 'message' }));
  }
  hold.open();
  await Promise.all(running);
  for (const key of keys) expect((await next.session(key).read())?.entry.by).toBe('next');
  await next.close();
  await former.close();
});

test('R11.1 a gateway that was started again beside its hanging predecessor serves every session', async () => {
  const directory = newDirectory();
  const options = { instance: 'gateway', lockWaitMs: 0 };
  const keys = Array.from({ length: 5 }, (_, n) => `agent:main:chat:${n}`);
  const former = await Child.gateway(directory, options);
  for (const key of keys) await former.ask('beginTurn', key, { heedless: true });
  const { leave } = await stay(former, 'hangThenWrite');
  const next = await Child.gateway(directory, options);
  for (const key of keys) {
    await next.ask('call', key, 'append', { type: 'message', by: 'user' });
    await next.ask('beginTurn', key, { turn: { whenBusy: 'interrupt', graceMs: 0 } });
    await next.ask('turnCall', key, 'update', { by: 'next' });
  }
  // What the former generation wakes up to do is refused by its fence, before it has looked.
  expect(await leave()).toEqual(keys.flatMap(() => ['TURN_LOST', 'TURN_LOST']));
  for (const key of keys) {
    await next.ask('turnCall', key, 'append', { type: 'message', by: 'next' });
    expect(await next.ask('endTurn', key, 'return')).toBe('resolved');
    expect(await next.ask('call', key, 'read')).toMatchObject({ entry: { by: 'next' } });
    expect(await next.ask('transcript', key)).toMatchObject([{ by: 'user' }, { by: 'next' }]);
  }
});

/** How many calls it takes to open a store and to do the first things in it. */
async function callsToBegin(directory: string, key: string): Promise<Record<string, number>> {
  const calls: Record<string, number> = {};
  const counted = Object.entries(realSystem.fs).map(([name, call]) => [
    name,
    (...given: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1;
      return (call as (...all: unknown[]) => unknown)(...given);
    },
  ]);
  const settings = { durability: 'process', instance: 'counts', lockWaitMs: 0 } as const;
  const more = { openFilesMax: 128, onWarning: () => undefined };
  // What is looked at again after a moment must not depend on how busy this machine is.
  const clock = { ...realSystem.clock, elapsed: () => 0 };
  const system = { ...realSystem, clock, fs: Object.fromEntries(counted) };
  const store = await storeOver(await openFiles(directory, { ...settings, ...more }, system));
  const session = store.session(key);
  await session.read();
  await session.update({ n: 1 });
  await session.append({ type: 'note' });
  await session.turn((turn) => turn.update({ n: 2 }), { whenBusy: 'reject' });
  await store.close();
  return calls;
}

test('R11.9 a store of 10,000 sessions whose process was killed opens as one of ten does', async () => {
  const made: string[] = [];
  for (const count of [10, 10_000]) {
    const directory = newDirectory();
    const child = await Child.gateway(directory);
    await child.ask('create', count);
    await child.ask('beginTurn', 'agent:main:chat:7');
    await child.kill();
    made.push(directory);
  }
  const [small, large] = made as [string, string];
  const few = await callsToBegin(small, 'agent:main:chat:7');
  const began = performance.now();
  const many = await callsToBegin(large, 'agent:main:chat:7');
  expect(performance.now() - began).toBeLessThan(2_000);
  // No pass over the sessions: each recovers when it is used.
  expect(many).toEqual(few);
});
