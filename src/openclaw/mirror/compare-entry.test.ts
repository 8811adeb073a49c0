import { describe, expect, it } from 'vitest';
import { compareEntry } from './compare-entry.ts';
import { FieldNames, marksOf } from './marks.ts';

const names = new FieldNames();
const base = { sessionId: 's', updatedAt: 1, sessionFile: '/a/s.jsonl', a: 1, b: { x: [1] } };
const written = [marksOf(base, names)];

describe('of three versions of an entry', () => {
  it.each<[string, object, object, object, string[]]>([
    ['nothing has changed', base, base, {}, []],
    ['a field was set there', { ...base, a: 2 }, base, { a: 2 }, []],
    ['a field was added there', { ...base, c: null }, base, { c: null }, []],
    ['a field was removed there', without('a'), base, { a: null }, []],
    ['a field was set here', base, { ...base, a: 2 }, {}, []],
    ['a field was removed here', base, without('b'), {}, []],
    ['both set the same', { ...base, a: 2 }, { ...base, a: 2 }, {}, []],
    ['both removed it', without('b'), without('b'), {}, []],
    ['both set it', { ...base, a: 2 }, { ...base, a: 3 }, {}, ['a']],
    ['both added it', { ...base, c: 2 }, { ...base, c: 3 }, {}, ['c']],
    ['one removed what the other set', without('a'), { ...base, a: 3 }, {}, ['a']],
    ['it was set there and removed here', { ...base, a: 2 }, without('a'), {}, ['a']],
    ['other fields changed on both sides', { ...base, a: 2 }, without('b'), { a: 2 }, []],
    ['a time changed', { ...base, updatedAt: 9 }, { ...base, updatedAt: 5 }, {}, []],
    ['a path changed there', { ...base, sessionFile: '/etc/x' }, base, {}, ['sessionFile']],
    ['a path was left out there', without('sessionFile'), base, {}, []],
    ['a conversation was begun there', { sessionId: 't', a: 9 }, base, {}, ['sessionId']],
    ['one was begun here', { ...base, a: 2 }, { ...base, sessionId: 't' }, { a: 2 }, []],
    ['fields are sorted there', { ...base, b: { x: [1] } }, { ...base, b: { x: [1] } }, {}, []],
  ])('%s', (_what, theirs, ours, take, conflicts) => {
    expect(compareEntry(theirs, ours, written)).toEqual({ take, conflicts });
  });

  it('either of two may have been the last one written', () => {
    const next = { ...base, a: 2, c: 1 };
    const bases = [marksOf(next, names), ...written];
    const none = { take: {}, conflicts: [] };
    expect(compareEntry(base, next, bases)).toEqual(none);
    expect(compareEntry(base, { ...next, a: 7 }, bases)).toEqual(none);
    expect(compareEntry(next, { ...next, a: 7 }, bases)).toEqual(none);
    expect(compareEntry({ ...base, b: 5 }, next, bases)).toEqual({ take: { b: 5 }, conflicts: [] });
  });

  it('every difference is a conflict when none is known to be written', () => {
    const theirs = { ...base, a: 2, sessionFile: '/old', updatedAt: 7, d: 1 };
    const ours = { ...without('b'), e: 1 };
    expect(compareEntry(theirs, ours, []).conflicts.sort()).toEqual(['a', 'b', 'd', 'e']);
    expect(compareEntry({ ...base, sessionFile: '/old' }, base, []).conflicts).toEqual([]);
  });

  it('a field called __proto__ is a field', () => {
    const theirs = { ...base, ...JSON.parse('{"__proto__":{"x":1}}') };
    const odd = JSON.parse(`${JSON.stringify(base).slice(0, -1)},"__proto__":{"x":1}}`);
    expect(Object.keys(compareEntry(odd, base, written).take)).toEqual(['__proto__']);
    expect(compareEntry(theirs, theirs, written).conflicts).toEqual([]);
  });
});

function without(field: keyof typeof base): object {
  const { [field]: _left, ...rest } = base;
  return rest;
}
