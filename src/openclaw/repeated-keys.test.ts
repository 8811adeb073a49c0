import { describe, expect, it } from 'vitest';
import { repeatedKeys } from './repeated-keys.ts';

describe('a key that the text has twice', () => {
  it.each<[string, string[]]>([
    ['{}', []],
    ['{"a":1,"b":2}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"a":{"b":1,"b":2},"c":["b","b",{"a":1}]}', []],
    ['{"a":"a","b":"\\"a\\":","c\\\\":1,"c\\\\":2}', ['c\\']],
    ['{"\\u0061":1, "a" : 2}', ['a']],
    ['{"a":"x,\\"a\\"","b":1}', []],
    ['{"__proto__":1,"__proto__":2}', ['__proto__']],
  ])('%s has %j', (text, wanted) => {
    expect(repeatedKeys(text)).toEqual(wanted);
  });
});
