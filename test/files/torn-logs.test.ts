import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { filesMatching } from './tree-of.ts';

const KEY = 'agent:main:main';

/** A closed store with one session of three commits, and what its log holds. */
async function threeCommits() {
  const root = temporaryDirectory();
  const { store } = await openStoreAt(root);
  for (const n of [1, 2, 3]) await store.session(KEY).update({ n, [`f${n}`]: true });
  await store.close();
  const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
  const bytes = readFileSync(log);
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  return { root, log, bytes, ends: ends as [number, number, number] };
}

const asides = (root: string, why: string) =>
  filesMatching(root, new RegExp(`\\.${why}\\.\\d{4}-`));

describe('a metadata log', () => {
  test.each([
    ['half a line', Buffer.from('{"rev":4,"at":17000000')],
    ['a line that lacks its newline', Buffer.from('{"rev":4,"at":1,"set":{"n":4},"c":"00000000"}')],
    ['bytes of zero', Buffer.alloc(4_096)],
    ['bytes of no text', Buffer.from([0xff, 0xfe, 0x80, 0x00, 0x7b])],
  ])(
    'C.10 that ends in %s: read without them; the next writer cuts them off, with a copy',
    async (_, tail) => {
      const { root, log, bytes } = await threeCommits();
      appendFileSync(log, tail);
      const { store, warnings } = await openStoreAt(root);
      const session = store.session(KEY);
      expect(await session.read()).toMatchObject({ rev: 3, entry: { n: 3 } });
      expect(readFileSync(log)).toEqual(Buffer.concat([bytes, tail]));
      const { ok, problems } = await store.verify();
      expect(ok).toBe(true);
      expect(problems.map(({ code, key }) => [code, key])).toEqual([['LEFTOVER', KEY]]);

      expect(await session.update({ n: 4 })).toMatchObject({ rev: 4 });
      const { store: fresh } = await openStoreAt(root);
      expect(await fresh.session(KEY).read()).toMatchObject({ rev: 4, entry: { n: 4 } });
      expect(readFileSync(log).subarray(0, bytes.length)).toEqual(bytes);
      expect(readFileSync(log).subarray(bytes.length).toString()).toMatch(/^\{"rev":4,[^\n]*\n$/);
      const [aside, ...more] = asides(root, 'torn');
      expect(more).toEqual([]);
      expect(readFileSync(aside as string)).toEqual(tail);
      expect(basename(aside as string)).toMatch(/^meta\.1\.jsonl\.torn\.\d{4}-\d\d-\d\dT/);
      expect(warnings.map(({ code, key }) => [code, key])).toEqual([['TORN_TAIL', KEY]]);
    },
  );

  test.each<[string, (bytes: Buffer, ends: number[]) => Buffer, number]>([
    ['a changed byte', (bytes, [first = 0]) => flip(bytes, first + 20), 1],
    [
      'zeros in the place of a line',
      (bytes, [first = 0, second = 0]) => bytes.fill(0, first, second - 1),
      1,
    ],
    ['a line too few', (bytes, [first = 0, second = 0]) => without(bytes, first, second), 1],
    ['a line twice', (bytes, [first = 0, second = 0]) => twice(bytes, first, second), 2],
    ['a line of another kind', (bytes, [first = 0]) => insert(bytes, first, '{"a":1}\n'), 1],
  ])(
    'C.10 R4.5 R7.5 with %s in the middle: the last good state, and nothing is added until a repair',
    async (_, damage, lastGood) => {
      const { root, log, bytes, ends } = await threeCommits();
      const damaged = damage(Buffer.from(bytes), ends);
      writeFileSync(log, damaged);
      const { store } = await openStoreAt(root);
      const session = store.session(KEY);
      const calls = [() => session.read(), () => session.update({ n: 9 }), () => session.reset()];
      calls.push(() => session.append({ type: 'note' }) as Promise<never>);
      for (const call of calls) {
        const error = await refused('ENTRY_DAMAGED', call());
        expect(error.key).toBe(KEY);
        expect(error.lastGood).toMatchObject({ rev: lastGood, entry: { n: lastGood } });
      }
      expect(readFileSync(log)).toEqual(damaged);
      await store.session('agent:main:other').update({ n: 1 });

      const { actions } = await store.repair({ dryRun: false });
      expect(actions).toHaveLength(1);
      const [aside] = asides(root, 'damaged');
      expect(actions[0]?.keptAside).toBe((aside as string).slice(root.length + 1));
      expect(readFileSync(aside as string).subarray(0, damaged.length)).toEqual(damaged);
      const mended = await session.read();
      expect(mended).toMatchObject({ entry: { n: 3, f1: true, f3: true } });
      expect(mended?.rev).toBeGreaterThan(3);
      expect(await session.update({ n: 4 })).toMatchObject({ rev: (mended?.rev ?? 0) + 1 });
      expect((await store.verify()).ok).toBe(true);
    },
  );

  test('C.10 R7.5 with a damaged first line: damaged, not missing; a repair keeps what the others say', async () => {
    const { root, log, bytes } = await threeCommits();
    const damaged = flip(Buffer.from(bytes), bytes.indexOf('"entry"') + 2);
    writeFileSync(log, damaged);
    const { store } = await openStoreAt(root);
    const session = store.session(KEY);
    const error = await refused('ENTRY_DAMAGED', session.read());
    expect(error.lastGood).toBe(undefined);
    await refused('ENTRY_DAMAGED', session.update({ n: 9 }));
    expect((await store.verify()).problems).toMatchObject([{ code: 'ENTRY_DAMAGED', key: KEY }]);
    await store.repair({ dryRun: false });
    expect(await session.read()).toMatchObject({ entry: { n: 3, f2: true, f3: true } });
    expect(asides(root, 'damaged')).toHaveLength(1);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] as number) ^ 1;
  return bytes;
}

function without(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
}

function twice(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
}

function insert(bytes: Buffer, at: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
}
