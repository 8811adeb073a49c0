/** The suite of the suite: each law is broken on purpose, and some case must say so. */
import { describe, expect, test } from 'vitest';
import { openMemory } from '../../src/backends/memory/open-memory.ts';
import type { Backend } from '../../src/contract/backend.ts';
import { conformance } from '../../src/contract/conformance/index.ts';
import { storeOver } from '../../src/index.ts';
import type { Breakage } from './broken/breakage.ts';
import { entryLaws } from './broken/entry-laws.ts';
import { lookingLaws } from './broken/looking-laws.ts';
import { transcriptLaws } from './broken/transcript-laws.ts';
import { turnLaws } from './broken/turn-laws.ts';

/** The first case that a back end fails. */
async function firstFailure(breakage: Breakage): Promise<string | undefined> {
  const name = `broken: ${breakage.name}`;
  const cases: { title: string; run: () => Promise<void> }[] = [];
  const openBackend = async (): Promise<Backend> => {
    const good = openMemory(name);
    return { ...good, ...breakage.broken(good) };
  };
  conformance({
    test: (title, run) => cases.push({ title, run }),
    open: async (options) => storeOver(await openBackend(), options),
    reopen: async (_store, options) => storeOver(await openBackend(), options),
    openBackend,
    patienceMs: 200,
  });
  for (const { title, run } of cases) {
    const failed = await Promise.race([run(), tooLong()]).then(
      () => false,
      () => true,
    );
    if (failed) return title;
  }
  return undefined;
}

/** A broken back end may keep a case waiting for ever; that counts as failed, like any other. */
function tooLong(): Promise<never> {
  return new Promise((_, reject) => setTimeout(reject, 1_000).unref());
}

describe.each([...entryLaws, ...transcriptLaws, ...lookingLaws, ...turnLaws])(
  '$name',
  (breakage) => {
    test('is noticed', async () => {
      expect(await firstFailure(breakage)).toBeDefined();
    });
  },
);

test('a back end that keeps every law fails no case', async () => {
  expect(await firstFailure({ name: 'nothing', broken: () => ({}) })).toBeUndefined();
});
