import { describe, expect, it } from 'vitest';
import { displayWidth, fitted, wrapped } from './display-width.ts';

describe('displayWidth', () => {
  it('counts two columns for wide characters and emoji, none for combining marks', () => {
    expect(displayWidth('abc')).toBe(3);
    expect(displayWidth('größer é')).toBe(8);
    expect(displayWidth('e\u0301')).toBe(1);
    expect(displayWidth('日本語')).toBe(6);
    expect(displayWidth('🚀')).toBe(2);
    expect(displayWidth('👩‍💻')).toBe(2);
    expect(displayWidth('🇩🇪')).toBe(2);
    expect(displayWidth('…')).toBe(1);
  });
});

describe('fitted', () => {
  it('cuts at either end and never in the middle of a character', () => {
    expect(fitted('abcdef', 6)).toBe('abcdef');
    expect(fitted('abcdef', 4)).toBe('abc…');
    expect(fitted('agent:main:main', 6, 'start')).toBe('…:main');
    expect(fitted('日本語', 4)).toBe('日…');
    expect(fitted('👩‍💻👩‍💻👩‍💻', 5)).toBe('👩‍💻👩‍💻…');
    expect(fitted('abc', 0)).toBe('');
  });
});

describe('wrapped', () => {
  it('breaks at spaces', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('one', 8)).toEqual(['one']);
    expect(wrapped('', 8)).toEqual(['']);
  });

  it('breaks a word that is longer than a line', () => {
    expect(wrapped('see https://x.example/abcdef', 10)).toEqual([
      'see',
      'https://x.',
      'example/ab',
      'cdef',
    ]);
    expect(wrapped('日本語', 4)).toEqual(['日本', '語']);
  });

  it('ends for a width that is smaller than a character', () => {
    expect(wrapped('日本', 1)).toEqual(['日', '本']);
  });
});
