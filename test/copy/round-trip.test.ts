/** From one kind of store to another and back: nothing is lost, doubled or changed. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { copyStore } from '../../src/copy-store.ts';
import { type Entry, openStore } from '../../src/index.ts';
import { adoptStateDir } from '../../src/openclaw/index.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { treeOf } from '../files/tree-of.ts';
import { sampleCopy } from '../openclaw/state-copy.ts';
import { freshSchema } from '../postgres/fresh-schema.ts';
import { contentAt, leavesOf } from './content-of.ts';
import { fillStore } from './filled-store.ts';

const schemas: ReturnType<typeof freshSchema>[] = [];
afterAll(() => Promise.all(schemas.map(({ drop }) => drop())));

function postgres(): string {
  const schema = freshSchema();
  schemas.push(schema);
  return schema.url;
}

async function filled(location: string, sessions = 24): Promise<string> {
  const store = await openStore(location);
  await fillStore(store, sessions, 'a store to copy');
  for await (const _row of store.list()) break;
  await store.close();
  return location;
}

/** Bytes, modes and times of every file. */
function marksOf(root: string): unknown[] {
  return treeOf(root).map(({ path, kind, mode, hash, mtimeMs }) =>
    kind === 'directory' ? { path, mode } : { path, mode, hash, mtimeMs },
  );
}

describe('a copy', () => {
  test.each<[string, () => string[]]>([
    [
      'files, PostgreSQL, files',
      () => [temporaryDirectory(), postgres(), join(temporaryDirectory(), 'new')],
    ],
    [
      'memory, files, memory',
      () => [`memory:a${Date.now()}`, temporaryDirectory(), `memory:b${Date.now()}`],
    ],
    ['PostgreSQL, PostgreSQL', () => [postgres(), postgres()]],
  ])('%s is the same at every station', async (_title, places) => {
    const [first = '', ...others] = places();
    const wanted = await contentAt(await filled(first));
    let from = first;
    for (const to of others) {
      const report = await copyStore(from, to);
      expect(report.problems).toEqual([]);
      const count = Object.keys(wanted).length;
      expect(report).toMatchObject({ ok: true, same: count, copied: count });
      expect(await contentAt(to)).toEqual(wanted);
      const store = await openStore(to);
      expect(
        (await store.verify()).problems.filter(({ severity }) => severity === 'damage'),
      ).toEqual([]);
      await store.close();
      from = to;
    }
    // What is appended next hangs below the same record everywhere.
    const leaves = await Promise.all(
      [first, ...others].map(async (place) => {
        const store = await openStore(place);
        const found = await leavesOf(store);
        await store.close();
        return found;
      }),
    );
    for (const each of leaves) expect(each).toEqual(leaves[0]);
  });

  test('the source is only read: not a byte of it is another one afterwards', async () => {
    const from = await filled(temporaryDirectory());
    const before = marksOf(from);
    expect((await copyStore(from, postgres())).ok).toBe(true);
    expect(marksOf(from)).toEqual(before);
  });

  test('sessions that were taken over from OpenClaw go along, with their transcripts', async () => {
    const from = sampleCopy();
    await adoptStateDir(from, { onWarning: () => undefined });
    const wanted = await contentAt(from);
    // Where a transcript lies is for each store to say.
    for (const { state, archives } of Object.values(wanted)) {
      for (const { entry } of [state, ...archives] as { entry: Entry }[]) delete entry.sessionFile;
    }
    const places = [postgres(), temporaryDirectory()];
    let source = from;
    for (const to of places) {
      const report = await copyStore(source, to, { onWarning: () => undefined });
      expect(report.problems).toEqual([]);
      expect(await contentAt(to)).toEqual(wanted);
      source = to;
    }
  });

  test('a second copy changes nothing, and counts what is there', async () => {
    const [from, to] = [await filled(temporaryDirectory(), 6), temporaryDirectory()];
    await copyStore(from, to);
    const before = await contentAt(to);
    expect(await copyStore(from, to)).toMatchObject({ ok: true, same: 6, copied: 0 });
    expect(await contentAt(to)).toEqual(before);
  });

  test('there is nothing left of the copy itself in the target', async () => {
    const [from, to] = [await filled(temporaryDirectory(), 3), postgres()];
    await copyStore(from, to);
    const keys = Object.keys(await contentAt(to));
    expect(keys).toHaveLength(3);
    expect(keys.filter((key) => key.includes('copy'))).toEqual([]);
  });

  test('a store that is not there is no empty store, and none is copied into itself', async () => {
    const missing = join(temporaryDirectory(), 'missing');
    const refused = (from: string, to: string) => copyStore(from, to).catch((error) => error.code);
    expect(await refused(missing, temporaryDirectory())).toBe('IO_FAILED');
    expect(await refused(postgres(), temporaryDirectory())).toBe('STORE_UNSUPPORTED');
    const place = temporaryDirectory();
    expect(await refused(place, place)).toBe('INVALID_ENTRY');
  });
});
