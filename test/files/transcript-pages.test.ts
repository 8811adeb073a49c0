/** Pages of a transcript that lies in a file: what they cost, and where a place is none of a record. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TranscriptOptions } from '../../src/contract/store.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';

/** A store whose session has said so much, and a way to read it as numbers of records. */
async function said(count: number, lengthOf: (i: number) => number) {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  const { store } = await openStoreAt(root, { system });
  const session = store.session(KEY);
  const seqs: number[] = [];
  for (let i = 0; i < count; i += 1) {
    seqs.push((await session.append({ type: 'note', i, text: 'x'.repeat(lengthOf(i)) })).seq);
  }
  const path = join(directoryOf(root, KEY), `${(await session.read())?.sessionId}.jsonl`);
  const read = async (range: TranscriptOptions) =>
    (await collect(session.transcript(range))).map(({ i }) => i as number);
  return { system, path, seqs: seqs as [number, ...number[]], read };
}

test('a page in the middle of a long transcript costs a page', async () => {
  const { system, path, seqs, read } = await said(2_000, () => 2_000);
  expect(readFileSync(path).length).toBeGreaterThan(4_000_000);
  for (const n of [11, 1_000, 1_999]) {
    system.forget();
    const page = await read({ last: 10, before: seqs[n] as number });
    expect(page).toEqual(Array.from({ length: 10 }, (_, i) => n - 10 + i));
    const reads = system.calls.filter(({ name, path: of }) => name === 'read' && of === path);
    const bytes = reads.reduce((sum, { args }) => sum + (args[3] as number), 0);
    expect(bytes).toBeGreaterThan(10 * 2_000);
    expect(bytes).toBeLessThan(120_000);
  }
});

test('a place in the middle of a record lies behind its beginning', async () => {
  const { path, seqs, read } = await said(6, (i) => i * 3_000);
  const { length } = readFileSync(path);
  for (const [n, seq] of seqs.entries()) {
    const end = seqs[n + 1] ?? length;
    const upTo = Array.from({ length: n + 1 }, (_, i) => i);
    for (const before of [seq + 1, seq + 2, Math.floor((seq + end) / 2), end - 1, end]) {
      expect(await read({ before }), `${before} of ${seq} to ${end}`).toEqual(upTo);
      expect(await read({ before, last: 2 })).toEqual(upTo.slice(-2));
    }
    expect(await read({ before: seq })).toEqual(upTo.slice(0, -1));
  }
  expect(await read({ before: 1 }), 'within the header').toEqual([]);
});

test('what a writer that died has left at the end belongs to no page', async () => {
  const { path, seqs, read } = await said(4, () => 10);
  const { length } = readFileSync(path);
  appendFileSync(path, '{"type":"note","id":"unfinished');
  for (const before of [length, length + 1, length + 20, length + 99]) {
    expect(await read({ before, last: 3 })).toEqual([1, 2, 3]);
    expect(await read({ before })).toEqual([0, 1, 2, 3]);
  }
  expect(await read({ before: seqs[3] as number, last: 9 })).toEqual([0, 1, 2]);
});
