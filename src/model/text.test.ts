import { describe, expect, it } from 'vitest';
import { cutText, hasControl, isWellFormed, shown } from './text.ts';

describe('cutText', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['ab\u{1f980}', 3, 'ab'],
    ['ab\u{1f980}', 4, 'ab\u{1f980}'],
    ['', 3, ''],
  ])('%j at %i is %j', (text, max, cut) => {
    expect(cutText(text, max)).toBe(cut);
  });
});

describe('isWellFormed and hasControl', () => {
  it('tell apart what UTF-8 can hold and what a terminal obeys', () => {
    expect(isWellFormed('\u{1f980}')).toBe(true);
    expect(isWellFormed('\udc00\ud800')).toBe(false);
    expect(hasControl('a\u009bb')).toBe(true);
    expect(hasControl('a b\u00a0ä')).toBe(false);
  });
});

describe('shown', () => {
  it.each([
    ['a "b"', '"a \\"b\\""'],
    ['\u001b[31m', '"\\u001b[31m"'],
    ['\u009b31m', '"\\u009b31m"'],
    ['a\u202eb', '"a\\u202eb"'],
    ['\ud800', '"\\ud800"'],
    [null, 'null'],
    [7, 'a value of type number'],
    [undefined, 'a value of type undefined'],
  ])('%j is %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('cuts what is long and says how long it was', () => {
    expect(shown('x'.repeat(500), 10)).toBe(`"${'x'.repeat(10)}"... (500 characters)`);
  });
});
