import { describe, expect, it } from 'vitest';
import { checkSessionId } from './session-id.ts';

describe('checkSessionId', () => {
  it.each([
    '0198c0de-7e5f-7abc-8def-0123456789ab',
    'a',
    'A1_b.c-d',
    `x${'0'.repeat(127)}`,
    'console',
    'com10x',
  ])('accepts %s', (id) => {
    expect(() => checkSessionId(id)).not.toThrow();
  });

  it.each([
    '',
    '../../x',
    'a/b',
    'a\\b',
    '.hidden',
    'a.',
    'CON',
    'nul.x',
    'LPT1',
    'com7.txt',
    'x'.repeat(129),
    'a b',
    'ä',
    'a\0',
    'a\n',
    'meta.1',
    'INBOX',
    7,
    null,
  ])('refuses %j', (id) => {
    expect(() => checkSessionId(id)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ENTRY' }),
    );
  });
});
