import { describe, expect, it } from 'vitest';
import { LIMITS } from './limits.ts';
import { checkRecord, checkRecordId, sameRecord } from './record.ts';
import type { NewRecord, TranscriptRecord } from './state.ts';

const KEY = 'agent:main:main';

describe('checkRecord', () => {
  it('freezes a copy', () => {
    const given = { type: 'message', message: { role: 'user', content: 'hi' }, gone: undefined };
    const record = checkRecord(given, KEY);
    given.message.content = 'changed';
    expect(record).toEqual({ type: 'message', message: { role: 'user', content: 'hi' } });
    expect('gone' in record).toBe(false);
    expect(Object.isFrozen(record.message)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['no type', {}],
    ['an empty type', { type: '' }],
    ['a number as type', { type: 1 }],
    ['the header', { type: 'session' }],
    ['an id', { type: 'x', id: 'a' }],
    ['a seq', { type: 'x', seq: 1 }],
    ['a parent that is no id', { type: 'x', parentId: 5 }],
    ['an empty parent', { type: 'x', parentId: '' }],
    ['a numeric timestamp', { type: 'x', timestamp: 1_700_000_000 }],
    ['a local timestamp', { type: 'x', timestamp: '2026-03-01T10:00:00+01:00' }],
    ['a day that does not exist', { type: 'x', timestamp: '2026-13-41T10:00:00Z' }],
    ['an array', [{ type: 'x' }]],
    ['text', 'x'],
    ['undefined', undefined],
    ['a function inside', { type: 'x', run: () => 1 }],
  ])('refuses %s', (_name, record) => {
    expect(() => checkRecord(record, KEY)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ENTRY' }),
    );
  });

  it('accepts a parent and a timestamp', () => {
    const record = { type: 'x', parentId: null, timestamp: '2026-03-01T10:00:00.123Z' };
    expect(checkRecord(record, KEY)).toEqual(record);
    expect(checkRecord({ type: 'x', parentId: 'a1' }, KEY).parentId).toBe('a1');
  });

  it('refuses more bytes than a record may have', () => {
    const text = 'x'.repeat(LIMITS.recordBytesMax);
    expect(() => checkRecord({ type: 'x', text }, KEY)).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', key: KEY }),
    );
  });
});

describe('checkRecordId', () => {
  it.each(['a', 'x'.repeat(200), '0198c0de-7e5f', 'tool:1/2', 'ä'])('accepts %j', (id) => {
    expect(() => checkRecordId(id)).not.toThrow();
  });

  it.each(['', 'x'.repeat(201), 'a\nb', '\ud800', 4, null])('refuses %j', (id) => {
    expect(() => checkRecordId(id)).toThrowError(
      expect.objectContaining({ code: 'INVALID_ENTRY' }),
    );
  });
});

describe('sameRecord', () => {
  const stored: TranscriptRecord = {
    type: 'message',
    id: 'a',
    parentId: 'b',
    timestamp: '2026-03-01T10:00:00.000Z',
    seq: 17,
    message: { role: 'user', content: 'hi' },
  };

  it.each<[boolean, NewRecord]>([
    [true, { message: { content: 'hi', role: 'user' }, type: 'message' }],
    [true, { type: 'message', parentId: 'c', message: { role: 'user', content: 'hi' } }],
    [false, { type: 'message', message: { role: 'user', content: 'ho' } }],
    [false, { type: 'note', message: { role: 'user', content: 'hi' } }],
    [false, { type: 'message' }],
    [false, { type: 'message', message: { role: 'user', content: 'hi' }, more: 1 }],
  ])('is %s for %j', (same, given) => {
    expect(sameRecord(stored, given)).toBe(same);
  });
});
