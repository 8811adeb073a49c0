import { describe, expect, it } from 'vitest';
import { matchText } from './match-text.ts';

const KEYS = [
  'agent:main:main',
  'agent:main:slack:channel:c02',
  'agent:main:slack:channel:c024',
  'agent:main:slack:channel:c02:thread:1.5',
  'agent:work:main',
  'agent:work:telegram:group:-1001234501',
];

describe('matchText', () => {
  it('prefers whole segments at the end, then anywhere, then the end, then any part', () => {
    expect(matchText('c02', KEYS)).toEqual(['agent:main:slack:channel:c02']);
    expect(matchText('slack:channel:c02', KEYS)).toEqual(['agent:main:slack:channel:c02']);
    expect(matchText('telegram', KEYS)).toEqual(['agent:work:telegram:group:-1001234501']);
    expect(matchText('1234501', KEYS)).toEqual(['agent:work:telegram:group:-1001234501']);
    expect(matchText('legram:gro', KEYS)).toEqual(['agent:work:telegram:group:-1001234501']);
    expect(matchText('agent:work:telegram', KEYS)).toEqual([
      'agent:work:telegram:group:-1001234501',
    ]);
  });

  it('returns all that match equally well', () => {
    expect(matchText('main', KEYS)).toEqual(['agent:main:main', 'agent:work:main']);
    expect(matchText('channel', KEYS)).toHaveLength(3);
  });

  it('matches letters in either case', () => {
    expect(matchText('C024', KEYS)).toEqual(['agent:main:slack:channel:c024']);
  });

  it('finds nothing for a part of no key and for an empty part', () => {
    expect(matchText('c09', KEYS)).toEqual([]);
    expect(matchText('', KEYS)).toEqual([]);
  });

  it('can be held to whole segments', () => {
    expect(matchText('c0', KEYS, { wholeSegments: true })).toEqual([]);
    expect(matchText('c024', KEYS, { wholeSegments: true })).toEqual([
      'agent:main:slack:channel:c024',
    ]);
  });
});
