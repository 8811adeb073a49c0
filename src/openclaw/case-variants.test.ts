import { describe, expect, it } from 'vitest';
import { lowerCasedKey, newestSpelling } from './case-variants.ts';

describe('a key in lower case', () => {
  it.each([
    ['agent:Main:Telegram:Group:-100', 'agent:main:telegram:group:-100'],
    ['Agent:main:SIGNAL:group:Q0FQ==:thread:X', 'agent:main:signal:group:Q0FQ==:thread:x'],
    ['agent:main:signal:direct:+ABC', 'agent:main:signal:direct:+abc'],
    [
      'agent:w:Matrix:Channel:!AbC:Example.org:thread:$Ev',
      'agent:w:matrix:channel:!AbC:Example.org:thread:$Ev',
    ],
    ['matrix:group:!AbC', 'matrix:group:!AbC'],
    ['agent:main:kochen-Ü', 'agent:main:kochen-ü'],
    ['', ''],
  ])('%s is %s', (key, wanted) => {
    expect(lowerCasedKey(key)).toBe(wanted);
  });
});

describe('of two spellings', () => {
  const at = (key: string, updatedAt: number) => ({ key, updatedAt });

  it('the newest is kept, the first at a tie', () => {
    const [a, b, c, d] = [at('agent:m:A', 1), at('agent:m:a', 2), at('Agent:m:a', 2), at('b', 0)];
    expect(newestSpelling([a, b, c, d])).toEqual({
      kept: [b, d],
      lost: [
        { candidate: a, to: b },
        { candidate: c, to: b },
      ],
    });
  });

  it('both are kept when the network means two', () => {
    const two = [at('agent:m:signal:group:Q', 1), at('agent:m:signal:group:q', 2)];
    expect(newestSpelling(two)).toEqual({ kept: two, lost: [] });
  });
});
