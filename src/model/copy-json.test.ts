import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyFields, copyJson, jsonEqual } from './copy-json.ts';
import { freezeJson } from './freeze-json.ts';
import type { Json } from './json.ts';
import { jsonBytes } from './json-bytes.ts';

const SEED = 20_260_302;

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level += 1) value = { in: value };
  return value;
}

function isDeepFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeepFrozen);
}

function parse(text: string): Json {
  return JSON.parse(text);
}

describe('copyJson', () => {
  it(`gives back what JSON would, frozen (seed ${SEED})`, () => {
    const json = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
    const odd = fc.oneof(
      json,
      fc.dictionary(fc.constantFrom('__proto__', 'constructor', 'a', '\ud800', ''), json),
    );
    fc.assert(
      fc.property(odd, (value) => {
        const copy = copyJson(value, 'value');
        expect(JSON.stringify(copy)).toBe(JSON.stringify(value));
        expect(isDeepFrozen(copy)).toBe(true);
        expect(jsonEqual(copy, parse(JSON.stringify(value)))).toBe(true);
        expect(jsonBytes(copy)).toBe(Buffer.byteLength(JSON.stringify(value)));
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('shares nothing with what it was given', () => {
    const given = { list: [{ a: 1 }], name: 'x' };
    const copy = copyJson(given, 'value');
    given.list[0]!.a = 2;
    given.list.push({ a: 3 });
    expect(copy).toEqual({ list: [{ a: 1 }], name: 'x' });
    expect(Object.isFrozen(given)).toBe(false);
    expect(Object.isFrozen(given.list)).toBe(false);
  });

  it('keeps a field called __proto__ as data', () => {
    const copy = copyJson(parse('{"__proto__":{"polluted":true},"a":1}'), 'value') as object;
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true},"a":1}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect((copy as { polluted?: true }).polluted).toBeUndefined();
  });

  it('leaves out undefined fields, makes -0 a 0 and keeps lone surrogates', () => {
    const copy = copyJson({ a: undefined, b: -0, c: '\ud800' }, 'value') as { b: number };
    expect(copy).toEqual({ b: 0, c: '\ud800' });
    expect(Object.is(copy.b, 0)).toBe(true);
    expect('a' in copy).toBe(false);
  });

  it('accepts objects of another realm and without a prototype', () => {
    expect(copyJson(runInNewContext('({a:[1,{b:2}]})'), 'value')).toEqual({ a: [1, { b: 2 }] });
    expect(copyJson(Object.assign(Object.create(null), { a: 1 }), 'value')).toEqual({ a: 1 });
  });

  it('accepts 100 levels and refuses 101', () => {
    expect(() => copyJson(nested(100), 'value')).not.toThrow();
    expect(() => copyJson(nested(101), 'value')).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  it('counts the levels of a copy that is given again', () => {
    const filler = 'x'.repeat(300);
    const copy = copyJson({ filler, in: nested(98) }, 'value');
    expect(copyJson([copy], 'value')).toEqual([copy]);
    expect(() => copyJson([[copy]], 'value')).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  class Point {
    x = 1;
  }
  class List extends Array {}
  const cycle: { a: { b?: unknown } } = { a: {} };
  cycle.a.b = cycle;
  const hole = [1, 2, 3];
  delete hole[1];
  const accessor = Object.defineProperty([1], 0, { get: () => 1, enumerable: true });

  it.each<[string, unknown, string]>([
    ['NaN', { a: [0, Number.NaN] }, 'value.a[1] is NaN'],
    ['Infinity', { a: -Infinity }, 'value.a is -Infinity'],
    ['a BigInt', { a: 1n }, 'value.a is a bigint'],
    ['a function', { tools: [{ run: () => 1 }] }, 'value.tools[0].run is a function'],
    ['a symbol', { 'odd name': Symbol('x') }, 'value["odd name"] is a symbol'],
    ['undefined in an array', { a: [undefined] }, 'value.a[0] is undefined'],
    ['undefined itself', undefined, 'value is undefined'],
    ['a hole', { hole }, 'value.hole[1] is a hole'],
    ['a cycle', cycle, 'is one of its own parents: a cycle'],
    ['a class instance', { p: new Point() }, 'value.p is an instance of a class'],
    ['a subclass of Array', { p: List.of(1) }, 'value.p is an instance of a class'],
    ['a date', { at: new Date(0) }, 'value.at is an instance of a class'],
    ['a map', new Map(), 'value is an instance of a class'],
    ['a buffer', { b: Buffer.from('x') }, 'value.b is an instance of a class'],
    ['a boxed string', { b: Object('x') }, 'value.b is an instance of a class'],
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
      'value.a is a getter',
    ],
    ['a getter in an array', accessor, 'value[0] is a getter'],
  ])('refuses %s and says where', (_name, value, message) => {
    expect(() => copyJson(value, 'value', { key: 'k' })).toThrowError(
      expect.objectContaining({
        code: 'INVALID_ENTRY',
        key: 'k',
        message: expect.stringContaining(message),
      }),
    );
  });

  it('refuses what has too many bytes, counted as UTF-8', () => {
    const within = { text: 'é'.repeat(45) };
    expect(jsonBytes(within)).toBe(101);
    expect(copyJson(within, 'value', { bytesMax: 101 })).toEqual(within);
    for (const bytesMax of [100, 50, 1]) {
      expect(() => copyJson(within, 'value', { bytesMax })).toThrowError(
        expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
      );
    }
  });

  it('refuses a small value that unfolds to an endless one, without unfolding it', () => {
    let value: unknown = ['x'];
    for (let level = 0; level < 60; level += 1) value = [value, value];
    expect(() => copyJson(value, 'value')).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  it('returns a large copy as it is when it is given again', () => {
    const skills = copyJson({ list: Array.from({ length: 50 }, (_, n) => ({ n })) }, 'value');
    expect(copyJson(skills, 'value')).toBe(skills);
    expect((copyFields({ skills }, 'patch') as { skills: Json }).skills).toBe(skills);
    const read = freezeJson(parse(JSON.stringify(skills)));
    expect(copyJson(read, 'value')).toBe(read);
  });

  it('does not trust what somebody else froze', () => {
    const inner = { a: 'x'.repeat(500) };
    const frozen = Object.freeze({ inner });
    jsonBytes(frozen);
    const copy = copyJson(frozen, 'value');
    inner.a = 'changed';
    expect(copy).toEqual({ inner: { a: 'x'.repeat(500) } });
  });
});

describe('freezeJson', () => {
  it('freezes in place, all the way down', () => {
    const value = parse('{"a":[{"b":{}}],"__proto__":{"c":[]}}');
    expect(freezeJson(value)).toBe(value);
    expect(isDeepFrozen(value)).toBe(true);
    expect(freezeJson('text')).toBe('text');
    expect(freezeJson(null)).toBe(null);
  });

  it('refuses what is too deep instead of overflowing the stack', () => {
    const text = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
    expect(() => freezeJson(parse(text))).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('jsonEqual', () => {
  it.each<[unknown, unknown, boolean]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: undefined }, { b: 1 }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{}, [], false],
    [{ length: 0 }, [], false],
    [null, {}, false],
    [0, -0, true],
    ['1', 1, false],
    [{ constructor: 1 }, {}, false],
    [{ x: 1 }, { constructor: 1 }, false],
    [parse('{"__proto__":1}'), parse('{"__proto__":1}'), true],
    [parse('{"__proto__":1}'), { a: 1 }, false],
  ])('%j and %j: %s', (a, b, equal) => {
    expect(jsonEqual(a, b)).toBe(equal);
  });
});
