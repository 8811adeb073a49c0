import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Session } from '../../src/contract/store.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { filesMatching } from './tree-of.ts';

const KEY = 'agent:main:main';
const said = (text: string) => ({ type: 'note', text });
const textsOf = async (session: Session) =>
  (await collect(session.transcript())).map(({ text }) => text);

/** A closed store with a transcript of three records, and where its lines end. */
async function threeRecords() {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  const session = store.session(KEY);
  for (const text of ['one', 'two', 'three']) await session.append(said(text));
  const { sessionId } = (await session.read()) ?? { sessionId: '' };
  await store.close();
  const path = join(directoryOf(root, KEY), `${sessionId}.jsonl`);
  const bytes = readFileSync(path);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  return { root, path, bytes, ends: ends as [number, number, number, number] };
}

test.each([
  ['half a record', Buffer.from('{"type":"note","id":"x","par')],
  ['a record that lacks its newline', Buffer.from('{"type":"note","id":"x","parentId":null}')],
  ['bytes of zero', Buffer.alloc(70_000)],
])(
  'C.10 a transcript that ends in %s: the next append cuts it off, with a copy',
  async (_, tail) => {
    const { root, path, bytes } = await threeRecords();
    appendFileSync(path, tail);
    const { store, warnings } = await openStoreAt(root);
    const session = store.session(KEY);
    expect(await textsOf(session)).toEqual(['one', 'two', 'three']);
    expect((await store.verify()).ok).toBe(true);
    expect(readFileSync(path)).toEqual(Buffer.concat([bytes, tail]));

    const record = await session.append(said('four'));
    expect(readFileSync(path).subarray(0, bytes.length)).toEqual(bytes);
    const records = await collect(session.transcript());
    expect(records.map(({ text }) => text)).toEqual(['one', 'two', 'three', 'four']);
    expect(record.parentId).toBe(records[2]?.id);
    const [aside, ...more] = filesMatching(root, /\.jsonl\.torn\.\d{4}-/);
    expect(more).toEqual([]);
    expect(readFileSync(aside as string)).toEqual(tail);
    expect(warnings.map(({ code, key }) => [code, key])).toEqual([['TORN_TAIL', KEY]]);
  },
);

test.each<[string, number]>([
  ['changed', 1],
  ['full of zeros', 0],
])(
  'C.10 a record in the middle that is %s is skipped by its range, and stays where it is',
  async (_, byte) => {
    const { root, path, bytes, ends } = await threeRecords();
    const damaged = Buffer.from(bytes).fill(byte, ends[1], ends[2] - 1);
    writeFileSync(path, damaged);
    const { store, warnings } = await openStoreAt(root);
    const session = store.session(KEY);
    expect(await textsOf(session)).toEqual(['one', 'three']);
    const [warning] = warnings;
    expect(warning).toMatchObject({ code: 'TRANSCRIPT_DAMAGED', key: KEY });
    expect(warning?.message).toContain(`bytes ${ends[1]} to ${ends[2]}`);
    const strict = collect(session.transcript({ onDamage: 'throw' }));
    await refused('TRANSCRIPT_DAMAGED', strict);

    await session.append(said('four'));
    expect(readFileSync(path).subarray(0, damaged.length)).toEqual(damaged);
    expect(await textsOf(session)).toEqual(['one', 'three', 'four']);
    const { ok, problems } = await store.verify();
    expect(ok).toBe(false);
    expect(problems).toMatchObject([
      { code: 'TRANSCRIPT_DAMAGED', key: KEY, range: { from: ends[1], to: ends[2] } },
    ]);
    await store.repair({ dryRun: false });
    expect(readFileSync(path).subarray(0, damaged.length)).toEqual(damaged);
  },
);

test.each([
  ['is damaged', (bytes: Buffer, end: number) => bytes.fill(1, 0, end - 1)],
  ['is gone', (bytes: Buffer, end: number) => bytes.subarray(end)],
  [
    'names another conversation',
    (bytes: Buffer) => Buffer.from(bytes.toString().replace(/"id":"[^"]+"/, '"id":"x"')),
  ],
])(
  'C.10 a transcript whose header %s is not shortened, and is read and added to',
  async (_, damage) => {
    const { root, path, bytes, ends } = await threeRecords();
    const damaged = Buffer.from(damage(Buffer.from(bytes), ends[0]));
    writeFileSync(path, damaged);
    const { store } = await openStoreAt(root);
    const session = store.session(KEY);
    expect(await textsOf(session)).toEqual(['one', 'two', 'three']);
    await session.append(said('four'), { id: 'd4' });
    expect((await session.append(said('four'), { id: 'd4' })).id).toBe('d4');
    expect(readFileSync(path).subarray(0, damaged.length)).toEqual(damaged);
    expect(await textsOf(session)).toEqual(['one', 'two', 'three', 'four']);
    expect((await store.verify()).problems).toMatchObject([
      { code: 'TRANSCRIPT_DAMAGED', key: KEY },
    ]);
  },
);

test('C.5 missing, unreadable, damaged and empty transcripts are four outcomes', async () => {
  const { root, path, bytes } = await threeRecords();
  const outcome = async (system = new FaultySystem(), key = KEY) => {
    const { store } = await openStoreAt(root, { system });
    return collect(store.session(key).transcript({ onDamage: 'throw' })).then(
      (records) => records.length,
      (error) => error.code,
    );
  };
  const failing = new FaultySystem();
  failing.intervene = (call) => (call.path === path ? { errno: 'EIO' } : undefined);
  expect(await outcome(failing)).toBe('IO_FAILED');
  expect(await outcome()).toBe(3);
  writeFileSync(path, bytes.subarray(0, bytes.indexOf(10) + 1));
  expect(await outcome()).toBe(0);
  writeFileSync(path, 'rotten\n');
  expect(await outcome()).toBe('TRANSCRIPT_DAMAGED');
  expect(await outcome(undefined, 'agent:main:no')).toBe('SESSION_GONE');
});
