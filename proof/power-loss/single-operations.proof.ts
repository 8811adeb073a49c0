/**
 * Each operation on its own from every start, and the pairs in which one makes anew what the other took
 * away: the same search as over all sequences, in parts that take a moment and that name what failed.
 */
import { describe, expect, it } from 'vitest';
import { beginRun } from '../frame/run-facts.ts';
import { OPERATIONS } from './operations.ts';
import {
  type Durability,
  nameOf,
  type RecordedRun,
  record,
  type Sequence,
  sequences,
} from './recorded-run.ts';
import { newSearch, searchOne } from './search.ts';
import type { StartName } from './starts.ts';

const STATES_MAX = 100;
const PAIRS: readonly { start: StartName; names: readonly string[] }[] = [
  { start: 'lively', names: ['remove', 'update'] },
  { start: 'lively', names: ['remove', 'append'] },
  { start: 'lively', names: ['reset', 'restore'] },
  { start: 'nothing', names: ['update', 'append'] },
];

function pairs(durability: Durability): Sequence[] {
  return PAIRS.map(({ start, names }) => ({
    durability,
    start,
    operations: names.flatMap((name) => OPERATIONS.filter((one) => one.name === name)),
  }));
}

/** Those that do something where they stand. */
async function fitting(all: readonly Sequence[]): Promise<[string, Sequence][]> {
  const found: [string, Sequence][] = [];
  for (const sequence of all) {
    if (await record(sequence)) found.push([nameOf(sequence), sequence]);
  }
  return found;
}

for (const durability of ['power', 'process'] as const) {
  const { seed } = beginRun('power-loss', `single operations with ${durability}`);
  const all = await fitting([...sequences(durability, OPERATIONS, 1), ...pairs(durability)]);
  describe(`C.14 R5.4 every crash state with`, () => {
    it.each(all)('%s.', async (_, sequence) => {
      const searched = newSearch();
      const run = (await record(sequence)) as RecordedRun;
      await searchOne(searched, sequence, run, STATES_MAX, seed);
      expect(searched.broken).toEqual([]);
      // A transcript of a store that syncs is only begun once its log is on the disk.
      if (durability === 'power' && sequence.start !== 'killed') expect(searched.told).toBe(0);
    });
  });
}
