import { describe, expect, it } from 'vitest';
import { safeLine, safeLines } from './safe-text.ts';

describe('safeLine', () => {
  it('writes escape sequences, controls and line breaks as text', () => {
    expect(safeLine('a\x1b[31mred\x1b]0;title\x07')).toBe('a\\x1b[31mred\\x1b]0;title\\x07');
    expect(safeLine('one\r\ntwo\tthree\0')).toBe('one\\r\\ntwo\\tthree\\x00');
    expect(safeLine('\x9b2J\x7f')).toBe('\\x9b2J\\x7f');
  });

  it('writes what turns, hides or imitates text as its number', () => {
    expect(safeLine('gnp\u202eexe.')).toBe('gnp\\u202eexe.');
    expect(safeLine('a\u200bb\ufeffc\u2066d\u00ade')).toBe('a\\u200bb\\ufeffc\\u2066d\\xade');
    expect(safeLine('a\u2028b\u{e0041}c')).toBe('a\\u2028b\\u{e0041}c');
    expect(safeLine('half \ud800 of a pair')).toBe('half \\ud800 of a pair');
    expect(safeLine('filler\u3164')).toBe('filler\\u3164');
  });

  it('keeps joiners where script and emoji need them, and nowhere else', () => {
    expect(safeLine('👩‍💻 می‌خواهم')).toBe('👩‍💻 می‌خواهم');
    expect(safeLine('c0\u200d24')).toBe('c0\\u200d24');
    expect(safeLine('end\u200d')).toBe('end\\u200d');
  });

  it('leaves ordinary text of any script alone', () => {
    const text = 'kochen-ü-3 日本語 größer é 🚀 −1 “x”';
    expect(safeLine(text)).toBe(text);
  });
});

describe('safeLines', () => {
  it('splits at line breaks, and a bare carriage return can not overwrite a line', () => {
    expect(safeLines('a\r\nb\nfake\rreal\tx')).toEqual(['a', 'b', 'fake\\rreal  x']);
  });
});
