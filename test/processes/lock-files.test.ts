import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { collect } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory, stayInCommit } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';
const LEFT = 5_000;
const SESSIONS = 'agents/main/sessions/sessions.d';

function sessionDirectory(directory: string): string {
  const sessions = join(directory, SESSIONS);
  return join(sessions, readdirSync(sessions)[0] as string);
}

async function prepared(): Promise<string> {
  const directory = newDirectory();
  const store = await openStore(directory);
  await store.session(KEY).update({ n: 1 });
  await store.session(KEY).append({ type: 'note' });
  await store.close();
  return directory;
}

/** Does everything with no patience at all: whatever waited for anything would be refused. */
async function doEverythingAtOnce(directory: string): Promise<void> {
  const store = await openStore(directory, { lockWaitMs: 0, turnWaitMs: 0 });
  const session = store.session(KEY);
  await session.update({ n: 2 });
  await session.append({ type: 'note' });
  const { sessionId } = (await session.read()) ?? {};
  await session.turn((turn) => turn.update({ n: 3 }), { whenBusy: 'reject' });
  expect((await session.read())?.turn).toBeUndefined();
  await session.reset();
  await session.restore(sessionId as string);
  expect(await collect(store.list())).toHaveLength(1);
  expect(await collect(session.transcript())).toHaveLength(2);
  expect(await session.remove()).toBe(true);
  await session.update({ n: 4 });
  await store.close();
}

const CONTENTS: Record<string, string | Buffer> = {
  empty: '',
  truncated: '{"pid":',
  binary: Buffer.from([0, 255, 10, 0, 128, 7]),
  foreign: JSON.stringify({ pid: process.pid, createdAt: new Date().toISOString() }),
};

test.each(Object.entries(CONTENTS))(
  'R11.4 nothing waits for lock files that are %s',
  async (_name, content) => {
    const directory = await prepared();
    const own = sessionDirectory(directory);
    const names = ['lock', 'turn.1.lock', 'turn.2.lock', 'turn.wait.1.lock', 'turn.wait.9.lock'];
    for (const name of names) writeFileSync(join(own, name), content);
    const others = ['lock.lock', 'x.jsonl.lock', '../sessions.json.lock', '../../changes/1.lock'];
    for (const name of others) writeFileSync(join(own, name), content);
    mkdirSync(join(own, 'proper.lock'));
    await doEverythingAtOnce(directory);
  },
);

test(`R11.4 nothing waits for ${2 * LEFT} lock files that were left over`, async () => {
  const directory = await prepared();
  const own = sessionDirectory(directory);
  for (let n = 1; n <= LEFT; n += 1) {
    writeFileSync(join(own, `turn.${n}.lock`), '');
    writeFileSync(join(own, `turn.wait.${n}.lock`), '');
  }
  await doEverythingAtOnce(directory);
});

test('R11.4 nothing waits for what killed processes have left', async () => {
  const directory = await prepared();
  const [holder, ...waiters] = await Promise.all([1, 2, 3].map(() => Child.gateway(directory)));
  await (holder as Child).ask('beginTurn', KEY);
  for (const waiter of waiters) waiter.ask('waitForTurn', KEY, {}).catch(() => expect.anything());
  for (const waiter of waiters) {
    while ((await waiter.ask<unknown[]>('lanes')).length === 0);
  }
  await stayInCommit(holder as Child, KEY);
  await Promise.all([holder as Child, ...waiters].map((child) => child.kill()));
  const left = readdirSync(sessionDirectory(directory));
  expect(left.filter((name) => name.startsWith('turn.')).length).toBeGreaterThan(0);
  await doEverythingAtOnce(directory);
});

test('R11.4 a lock that somebody else holds on the file of the next turn is passed over', async () => {
  const directory = await prepared();
  const stranger = await Child.gateway(directory);
  await stranger.ask('lockFile', join(sessionDirectory(directory), 'turn.1.lock'));
  await doEverythingAtOnce(directory);
});
