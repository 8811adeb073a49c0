import { describe, expect, it } from 'vitest';
import { patchOf, removalOf, valueArgument } from './field-values.ts';

describe('patchOf', () => {
  it('takes JSON as JSON and everything else as a string', () => {
    expect(
      patchOf([
        'model=opus',
        'n=3',
        'on=true',
        'gone=null',
        'a=[1,"b"]',
        'o={"x":1}',
        's="3"',
        'e=',
      ]),
    ).toEqual({
      model: 'opus',
      n: 3,
      on: true,
      gone: null,
      a: [1, 'b'],
      o: { x: 1 },
      s: '3',
      e: '',
    });
  });

  it('splits at the first equals sign; dots are part of the name', () => {
    expect(patchOf(['url=http://x/?a=b', 'a.b=1', 'half={"x":'])).toEqual({
      url: 'http://x/?a=b',
      'a.b': 1,
      half: '{"x":',
    });
  });

  it('never rounds an id', () => {
    expect(patchOf(['id=1234567890123456789', 'n=-42', 'f=1.5e3'])).toEqual({
      id: '1234567890123456789',
      n: -42,
      f: 1500,
    });
  });

  it('keeps __proto__ as data', () => {
    const patch = patchOf(['__proto__={"x":1}']);
    expect(Object.keys(patch)).toEqual(['__proto__']);
    expect((patch as { x?: number }).x).toBeUndefined();
  });

  it.each([[['model']], [['=x']], [['']], [['a=1', 'a=2']]])('refuses %j', (assignments) => {
    expect(() => patchOf(assignments)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});

describe('valueArgument', () => {
  it.each([
    'opus',
    '3',
    'null',
    '',
    '"q"',
    '1234567890123456789',
    3,
    -1.5,
    true,
    null,
    [1],
    { a: 'b' },
  ])('writes %j so that it is read back', (value) => {
    expect(patchOf([`x=${valueArgument(value)}`])).toEqual({ x: value });
  });
});

describe('removalOf', () => {
  it('sets fields to null', () => {
    expect(removalOf(['a', '__proto__'])).toEqual(
      Object.fromEntries([
        ['a', null],
        ['__proto__', null],
      ]),
    );
  });

  it.each([[['']], [['a', 'a']]])('refuses %j', (fields) => {
    expect(() => removalOf(fields)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
