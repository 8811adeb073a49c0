import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { isHoldfastError } from '../../src/model/errors.ts';
import type { SessionState } from '../../src/model/state.ts';
import { collect } from '../files/collect.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { directoryOf, pathsOf } from '../files/paths-of-session.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { filesMatching } from '../files/tree-of.ts';

const KEY = 'agent:main:slack:channel:c1';
const OTHER = 'agent:main:slack:channel:c2';
const MINE = 'MINE';
const THEIRS = 'THEIRS';

/** What one byte may become: another bit, a bit that no ASCII has, zero, the end of a line. */
const CHANGES: [string, (byte: number) => number][] = [
  ['the lowest bit turned', (byte) => byte ^ 1],
  ['the highest bit turned', (byte) => byte ^ 0x80],
  ['zero', () => 0],
  ['a newline', () => 10],
];

/** A store of two sessions that tell whose data they are, and the states that the first one had. */
async function storeOfTwo() {
  const root = temporaryDirectory();
  const { store, backend } = await openStoreAt(root);
  const states: SessionState[] = [];
  states.push(await backend.update(KEY, { who: MINE, n: 0 }, {}));
  await backend.append(KEY, { type: 'note', text: MINE }, {}, {});
  states.push(await backend.update(KEY, { n: 1, text: `${MINE} é 🦀` }, {}));
  states.push(await backend.reset(KEY, { reason: MINE, keep: 'all' }, {}));
  states.push(await backend.update(KEY, { n: 2 }, {}));
  for (let n = 0; n < 3; n++) await backend.append(KEY, { type: 'note', text: MINE }, {}, {});
  await backend.update(OTHER, { who: THEIRS }, {});
  await backend.append(OTHER, { type: 'note', text: THEIRS }, {}, {});
  await collect(store.list());
  await store.close();
  return { root, states };
}

/** Calls that may be refused with an error of the list and never in another way. */
async function orCode<T>(call: () => Promise<T>): Promise<T | string> {
  try {
    return await call();
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    expect(JSON.stringify(error.lastGood ?? null)).not.toContain(THEIRS);
    return error.code;
  }
}

/** Damages each byte of a file in turn, in every way, and hands each store to `look`. */
async function sweep(
  path: string,
  look: (where: string) => Promise<void>,
  every = 1,
): Promise<void> {
  const whole = readFileSync(path);
  for (const [what, change] of CHANGES) {
    for (let at = 0; at < whole.length; at += every) {
      const bytes = Buffer.from(whole);
      bytes[at] = change(bytes[at] as number);
      if (bytes.equals(whole)) continue;
      writeFileSync(path, bytes);
      await look(`byte ${at} of ${basename(path)} is ${what}`);
    }
  }
  writeFileSync(path, whole);
}

async function expectOtherWhole(backend: Backend, where: string): Promise<void> {
  expect(await backend.read(OTHER), where).toMatchObject({ rev: 1, entry: { who: THEIRS } });
}

describe('C.10 R7.4 with any one byte changed', { timeout: 120_000 }, () => {
  test('a metadata log is a state that was there, or damaged, and never anything else', async () => {
    const { root, states } = await storeOfTwo();
    const known = [...states.map((state) => JSON.stringify(state))];
    const log = join(directoryOf(root, KEY), 'meta.1.jsonl');
    const outcomes = new Map<string, number>();
    await sweep(log, async (where) => {
      const { store, backend } = await openStoreAt(root);
      const seen = await orCode(() => backend.read(KEY));
      const outcome = typeof seen === 'string' ? seen : 'a state';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      // Only the end of the last line can go unnoticed: it is then one that was never finished.
      if (typeof seen === 'string') expect(seen, where).toBe('ENTRY_DAMAGED');
      else expect(known, where).toContain(JSON.stringify(seen));
      await expectOtherWhole(backend, where);
      await store.close();
    });
    expect(outcomes.get('ENTRY_DAMAGED')).toBeGreaterThan(1_000);
    expect(outcomes.get('a state') ?? 0).toBeLessThan(10);
  });

  test('an archive is what it was, or damaged', async () => {
    const { root } = await storeOfTwo();
    const [archive] = filesMatching(directoryOf(root, KEY), /\.archived\.json$/);
    const { backend, warnings } = await openStoreAt(root);
    const right = await backend.archives(KEY);
    expect(right).toHaveLength(1);
    await sweep(archive as string, async (where) => {
      warnings.length = 0;
      const seen = await backend.archives(KEY);
      if (seen.length > 0) expect(seen, where).toEqual(right);
      else expect(warnings, where).toMatchObject([{ code: 'ENTRY_DAMAGED', key: KEY }]);
    });
  });

  test('a transcript gives its other records, and nothing of anybody else', async () => {
    const { root } = await storeOfTwo();
    const { backend } = await openStoreAt(root);
    const { sessionId } = (await backend.read(KEY)) ?? { sessionId: '' };
    const path = join(directoryOf(root, KEY), `${sessionId}.jsonl`);
    // A newline that is gone makes one line of two records; the third is there whatever happens.
    await sweep(path, async (where) => {
      const records = await orCode(() => collect(backend.transcript(KEY, { onDamage: 'skip' })));
      expect(records.length, where).toBeGreaterThanOrEqual(1);
      expect(JSON.stringify(records), where).not.toContain(THEIRS);
      const strict = await orCode(() => collect(backend.transcript(KEY, { onDamage: 'throw' })));
      if (typeof strict === 'string') expect(strict, where).toBe('TRANSCRIPT_DAMAGED');
    });
    await expectOtherWhole(backend, 'at the end');
  });

  test.each([
    ['the saved list', /list\.\d+\.jsonl$/],
    ['a journal', /^\d+\.\d+\.jsonl$/],
    ['the lock of a journal', /^\d+\.lock$/],
  ])('%s hides no session', async (_, pattern) => {
    const { root } = await storeOfTwo();
    const { changes } = pathsOf(root, 'main');
    mkdirSync(changes, { recursive: true });
    const [path] = filesMatching(changes, pattern);
    await sweep(
      path as string,
      async (where) => {
        const { store, backend } = await openStoreAt(root);
        const rows = await collect(backend.list({ order: 'key' }));
        expect(
          rows.map(({ key, rev }) => [key, rev]),
          where,
        ).toEqual([
          [KEY, 4],
          [OTHER, 1],
        ]);
        expect((await backend.read(KEY))?.rev).toBe(4);
        await store.close();
      },
      3,
    );
  });
});
