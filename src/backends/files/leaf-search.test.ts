import { describe, expect, it } from 'vitest';
import { LeafSearch } from './leaf-search.ts';

const header = { type: 'session' };
const note = (id: string) => ({ type: 'note', id });
const leaf = (targetId: unknown, more = {}) => ({
  type: 'leaf',
  id: `to ${targetId}`,
  targetId,
  ...more,
});

/** The leaf of a transcript, given from its beginning. */
function leafOf(records: readonly object[], withHeader = true): string | null | undefined {
  const search = new LeafSearch();
  for (const record of [...records].reverse()) search.look(record as { type: string });
  if (withHeader) search.look(header);
  else if (search.pending) search.end();
  return search.found;
}

describe('the leaf of a transcript', () => {
  it.each<[string, object[], string | null]>([
    ['the last record', [note('a'), note('b')], 'b'],
    ['none where there is none', [], null],
    ['not what lies at the side', [note('a'), { ...note('b'), appendMode: 'side' }], 'a'],
    ['the target of a leaf row', [note('a'), note('b'), leaf('a')], 'a'],
    ['the record behind a leaf row', [note('a'), note('b'), leaf('a'), note('c')], 'c'],
    ['none after a leaf row to nothing', [note('a'), leaf(null)], null],
    ['the last record when the target is missing', [note('a'), note('b'), leaf('x')], 'b'],
    ['the last row that counts', [note('a'), note('b'), leaf('a'), leaf('x')], 'a'],
    ['the last of two rows', [note('a'), note('b'), leaf('a'), leaf('b')], 'b'],
    ['nothing, when a row behind it is bad', [note('a'), leaf(null), leaf('x')], null],
    ['a row to nothing behind another', [note('a'), note('b'), leaf('a'), leaf(null)], null],
    ['no row whose target comes later', [note('a'), leaf('b'), note('b')], 'b'],
    ['a leaf row as a target', [note('a'), leaf('a'), leaf('to a')], 'to a'],
    ['where the next one is put', [note('a'), note('b'), leaf('b', { appendParentId: 'a' })], 'a'],
    ['no row with an odd target', [note('a'), leaf(7)], 'a'],
    ['no record without an id', [note('a'), { type: 'note' }], 'a'],
  ])('is %s', (_, records, expected) => {
    expect(leafOf(records)).toBe(expected);
  });

  it('is known without a header, too', () => {
    expect(leafOf([note('a'), leaf('x')], false)).toBe('a');
  });

  it('is given up after ten thousand records without the target', () => {
    const search = new LeafSearch();
    search.look(leaf('x'));
    search.look(note('last'));
    for (let n = 0; n < 10_001; n++) search.look(note(`n${n}`));
    expect(search.found).toBe('last');
  });
});
