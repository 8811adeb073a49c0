import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Change, openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { collect, until } from '../../src/contract/conformance/trial.ts';
import { Child, newDirectory } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';
const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** What `holdfast turns` prints for scripts. */
async function turnsByCommandLine(directory: string): Promise<unknown> {
  const words = [PROGRAM, 'turns', '--json', '--store', directory];
  return JSON.parse((await promisify(execFile)(process.execPath, words)).stdout);
}

const entry = (n: number) => ({ n, text: `${n}:`.repeat(400) });

test('R4.1 a reader in another process sees only whole old or new values', async () => {
  const directory = newDirectory();
  const store = await openStore(directory);
  const session = store.session(KEY);
  await session.update(entry(1));
  const reader = new Child('reader', { words: [directory, KEY, '100'] });
  await reader.said('ready');
  let wrong: unknown[] | undefined;
  const read = reader.said<unknown[]>('read').then((told) => {
    wrong = told;
  });
  let n = 1;
  while (!wrong || n < 1_000) {
    n += 1;
    await session.update(entry(n));
    // Gives the reader a processor where there are few.
    if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await read;
  expect(wrong).toEqual([]);
  // The log was written anew meanwhile: the reader has followed it.
  const { bytes } = await store.figures();
  expect(bytes.metadata).toBeLessThan(n * 1_200);
  await store.close();
});

test('R7.3 a change of one process is seen by the next read of another', async () => {
  const directory = newDirectory();
  const [one, two] = await Promise.all([Child.gateway(directory), Child.gateway(directory)]);
  for (let n = 1; n <= 50; n += 1) {
    const [writer, reader] = n % 2 ? [one, two] : [two, one];
    const state = await writer.ask('call', KEY, 'update', { n });
    expect(await reader.ask('call', KEY, 'read')).toEqual(state);
    expect(await reader.ask('list')).toMatchObject([{ key: KEY, rev: n }]);
    const record = await writer.ask('call', KEY, 'append', { type: 'note', n });
    expect(await reader.ask('transcript', KEY, { last: 1 })).toEqual([record]);
  }
});

test('R7.3 a session that begins after a removal is seen at once by all processes', async () => {
  const directory = newDirectory();
  const children = await Promise.all([1, 2, 3].map(() => Child.gateway(directory)));
  for (let n = 0; n < 30; n += 1) {
    const [a, b, c] = [0, 1, 2].map((i) => children[(n + i) % 3]) as [Child, Child, Child];
    const { sessionId } = await a.ask<{ sessionId: string }>('call', KEY, 'update', { n });
    expect(await b.ask('call', KEY, 'read')).toMatchObject({ sessionId });
    await a.ask('call', KEY, 'remove');
    // Every other time the process that reads has also seen that the session was gone.
    if (n % 2) expect(await b.ask('call', KEY, 'read')).toBeUndefined();
    const begun = await c.ask('call', KEY, 'append', { type: 'note', n });
    const state = await c.ask<{ rev: number }>('call', KEY, 'read');
    expect(await b.ask('call', KEY, 'read')).toEqual(state);
    expect(await a.ask('transcript', KEY)).toEqual([begun]);
    expect(state.rev).toBe(1);
    await b.ask('call', KEY, 'remove');
  }
});

test('a watcher that follows removals by several writers ends with what is there', async () => {
  const directory = newDirectory();
  const writers = await Promise.all([openStore(directory), openStore(directory)]);
  const [a, b] = [writers[0].session(KEY), writers[1].session(KEY)];
  await a.update({ n: 1 });
  await b.update({ n: 2 });
  const watching = await openStore(directory);
  for (const [removing, beginning] of [
    [a, b],
    [b, a],
  ] as const) {
    const end = new AbortController();
    const changes = watching.watch({ signal: end.signal });
    await removing.update({ n: 3 });
    await removing.remove();
    await beginning.append({ type: 'note' });
    const told: Change[] = [];
    // Told in a look after the one that told of the session, and then in another one.
    let marks = 0;
    const mark = () => writers[0].session(`${KEY}:mark`).update({ marks });
    await mark();
    for await (const change of changes) {
      if (change.key === KEY) told.push(change);
      else if (marks++ < 2) await mark();
      else end.abort();
    }
    expect(told.at(-1)).toMatchObject({ key: KEY, rev: 1 });
    expect(told.at(-1)?.kind).not.toBe('remove');
    expect(told.map(({ kind }) => kind)).toContain('remove');
    // Enough commits for the next removal to have a higher revision than what follows it.
    for (let n = 0; n < 5; n += 1) await beginning.update({ n });
  }
  for (const store of [...writers, watching]) await store.close();
});

test('R11.10 a turn that ended is never shown as cut off', async () => {
  const directory = newDirectory();
  const child = await Child.gateway(directory);
  const store = await openStore(directory);
  let ended = false;
  const turns = child.ask('shortTurns', KEY, 600).then(() => {
    ended = true;
  });
  const shown = { running: 0, 'cut-off': 0 };
  while (!ended) {
    for (let reads = 0; reads < 500; reads += 1) {
      const turn = (await store.session(KEY).read())?.turn;
      if (turn) shown[turn.status] += 1;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  await turns;
  expect(shown.running).toBeGreaterThan(5);
  expect(shown['cut-off']).toBe(0);
  await store.close();
});

test('R11.10 the turn of a process that was killed is shown as cut off', async () => {
  const directory = newDirectory();
  const child = await Child.gateway(directory, { instance: 'gateway-7' });
  const store = await openStore(directory);
  const turn = { label: 'reply' };
  const { fence } = await child.ask<{ fence: number }>('beginTurn', KEY, { turn });
  const running = (await store.session(KEY).read())?.turn;
  expect(running).toMatchObject({
    fence,
    label: 'reply',
    status: 'running',
    holder: { pid: child.pid, instance: 'gateway-7' },
  });
  expect(Math.abs(Date.now() - (running?.startedAt ?? 0))).toBeLessThan(60_000);
  expect(await turnsByCommandLine(directory)).toMatchObject([
    { key: KEY, turn: { status: 'running', fence } },
  ]);
  await child.kill();
  await until('the kernel has freed its lock', async () => {
    return (await store.session(KEY).read())?.turn?.status === 'cut-off';
  });
  expect((await store.session(KEY).read())?.turn).toEqual({ ...running, status: 'cut-off' });
  // A row tells whose turn it was; whether that one lives, only a look at the session tells.
  const { status: _status, ...row } = running ?? {};
  expect((await collect(store.list()))[0]?.turn).toEqual(row);
  expect(await turnsByCommandLine(directory)).toMatchObject([
    { key: KEY, turn: { status: 'cut-off', fence, label: 'reply', holder: { pid: child.pid } } },
  ]);
  await store.session(KEY).turn((next) => {
    expect(next.previous).toMatchObject({ fence, ended: 'cut-off', holder: { pid: child.pid } });
  });
  expect((await store.session(KEY).read())?.turn).toBeUndefined();
  await store.close();
});
