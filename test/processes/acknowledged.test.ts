import { openStore } from 'holdfast';
import { expect, test } from 'vitest';
import { openFiles } from '../../src/backends/files/open-files.ts';
import { refused } from '../../src/contract/conformance/trial.ts';
import { storeOver } from '../../src/index.ts';
import { realSystem } from '../../src/system/system.ts';
import { askFresh, Child, newDirectory } from './child.ts';

const KEY = 'agent:main:telegram:group:-100123';

interface State {
  rev: number;
  sessionId: string;
  entry: Record<string, unknown>;
}
type Verb = 'update' | 'append' | 'reset' | 'restore' | 'remove';

/** Two conversations, the former one archived. */
async function prepared(directory: string) {
  const store = await openStore(directory);
  const session = store.session(KEY);
  const { sessionId } = await session.update({ n: 1 });
  await session.append({ type: 'note', n: 1 });
  await session.reset({ keep: 'none' });
  const { sessionId: active } = await session.update({ n: 2 });
  await session.append({ type: 'note', n: 2 });
  await store.close();
  return { former: sessionId, active };
}

const given: Record<Verb, (former: string) => unknown[]> = {
  update: () => [{ n: 3 }],
  append: () => [{ type: 'note', n: 3 }],
  reset: () => [{ keep: 'none' }],
  restore: (former) => [former],
  remove: () => [],
};

/** What a process that has seen nothing before finds. */
async function found(directory: string) {
  const child = await Child.gateway(directory);
  const state = await child.ask<State | undefined>('call', KEY, 'read');
  const archives = await child.ask<{ sessionId: string }[]>('call', KEY, 'archives');
  const records = state ? await child.ask<{ n: number }[]>('transcript', KEY) : [];
  await child.kill();
  const ids = archives.map(({ sessionId }) => sessionId);
  return { state, records: records.map(({ n }) => n), archives: ids };
}

async function afterKill(verb: Verb) {
  const directory = newDirectory();
  const { former, active } = await prepared(directory);
  const child = await Child.gateway(directory);
  const acknowledged = await child.ask<unknown>('call', KEY, verb, ...given[verb](former));
  await child.kill();
  return { former, active, acknowledged, after: await found(directory) };
}

test('R1.3 an update that resolved survives SIGKILL', async () => {
  const { acknowledged, after } = await afterKill('update');
  expect(after.state).toEqual(acknowledged);
  expect(after.state?.entry).toEqual({ n: 3 });
});

test('R1.3 an append that resolved survives SIGKILL', async () => {
  const { after } = await afterKill('append');
  expect(after.records).toEqual([2, 3]);
});

test('R1.3 a reset that resolved survives SIGKILL', async () => {
  const { acknowledged, after, former, active } = await afterKill('reset');
  expect(after.state).toEqual(acknowledged);
  expect(after.records).toEqual([]);
  expect(after.archives).toEqual([active, former]);
});

test('R1.3 a restore that resolved survives SIGKILL', async () => {
  const { acknowledged, after, former, active } = await afterKill('restore');
  expect(after.state).toEqual(acknowledged);
  expect(after).toMatchObject({ state: { sessionId: former, entry: { n: 1 } }, records: [1] });
  expect(after.archives).toEqual([active]);
});

test('R1.3 a removal that resolved survives SIGKILL', async () => {
  const { acknowledged, after } = await afterKill('remove');
  expect(acknowledged).toBe(true);
  expect(after).toEqual({ state: undefined, records: [], archives: [] });
});

test('R1.3 each of many updates is there when the process is killed right after it', async () => {
  const directory = newDirectory();
  for (let n = 1; n <= 6; n += 1) {
    const child = await Child.gateway(directory);
    await child.ask('increment', KEY, 'n', 7, false);
    await child.kill();
    const store = await openStore(directory);
    expect(await store.session(KEY).read()).toMatchObject({ rev: n * 7, entry: { n: n * 7 } });
    await store.close();
  }
});

test('R1.10 a process that closes its store in order leaves all that it accepted', async () => {
  const directory = newDirectory();
  const child = new Child('clean-shutdown', { words: [directory, KEY] });
  expect(await child.ended).toEqual({ code: 0, signal: null });
  const state = await askFresh<State>(directory, 'call', KEY, 'read');
  expect(state.entry).toEqual({ n: 300, large: 'x'.repeat(100_000) });
  const records = await askFresh<{ n: number }[]>(directory, 'transcript', KEY);
  expect(records.map(({ n }) => n)).toEqual(Array.from({ length: 300 }, (_, n) => n));
});

test('R1.10 an exit status tells that something could not be kept', async () => {
  const child = new Child('clean-shutdown', { words: [newDirectory(), KEY, 'failing-disk'] });
  expect((await child.ended).code).toBe(1);
});

test('R1.10 closing a store whose last sync failed writes anew, or rejects', async () => {
  let failing = false;
  const failed = () => Promise.reject(Object.assign(new Error('bad disk'), { code: 'EIO' }));
  const fs = {
    ...realSystem.fs,
    fdatasync: (fd: number) => (failing ? failed() : realSystem.fs.fdatasync(fd)),
    fsync: (fd: number) => (failing ? failed() : realSystem.fs.fsync(fd)),
  };
  const settings = { durability: 'power', instance: 'failing', lockWaitMs: 1_000 } as const;
  const more = { openFilesMax: 128, onWarning: () => undefined };
  for (const lasting of [true, false]) {
    failing = false;
    const directory = newDirectory();
    const backend = await openFiles(directory, { ...settings, ...more }, { ...realSystem, fs });
    const store = await storeOver(backend, { durability: 'power', onWarning: () => undefined });
    await store.session(KEY).update({ n: 1 });
    failing = true;
    await refused('OUTCOME_UNKNOWN', () => store.session(KEY).update({ n: 2 }));
    failing = lasting;
    if (lasting) await refused('OUTCOME_UNKNOWN', () => store.close());
    else await store.close();
  }
});
