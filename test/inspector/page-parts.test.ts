import { describe, expect, it } from 'vitest';
import { parsedValue, textOf } from '../../src/inspector/page/actions/field-text.ts';
import { addressOf, type Route, routeOf } from '../../src/inspector/page/browser/route.ts';
import { changesOf } from '../../src/inspector/page/session/former-value.ts';
import { sortedAnew } from '../../src/inspector/page/sessions/columns.ts';
import { safeLine, safeText } from '../../src/inspector/page/text/safe-text.ts';
import { ago, runningSpan } from '../../src/inspector/page/text/time-text.ts';
import { shapeOf } from '../../src/inspector/page/transcript/record-shape.ts';

describe('an address of the page', () => {
  it.each<Route>([
    { view: 'overview' },
    { view: 'storage' },
    { view: 'sessions', query: {} },
    {
      view: 'sessions',
      query: { q: 'a&b=%', agent: 'main', state: 'cut-off', age: 5, reverse: true },
    },
    { view: 'session', key: 'agent:main:x:/%2F?#\u202e ü' },
  ])('leads back to its view: %o', (route) => {
    expect(routeOf(addressOf(route).slice(1))).toEqual(route);
  });

  it('that makes no sense is the overview, or a query without what is wrong', () => {
    expect(routeOf('/nowhere')).toEqual({ view: 'overview' });
    expect(routeOf('/sessions/state=odd&age=-1&sort=odd')).toEqual({ view: 'sessions', query: {} });
    expect(routeOf('/session/%')).toEqual({ view: 'session', key: '%' });
  });
});

describe('a text of strangers', () => {
  it('hides nothing', () => {
    expect(safeLine('a\u202eb\n\u0000\ufeff')).toBe('a\\u202eb\\n\\x00\\ufeff');
    expect(safeText('a\r\nb\tc\u2066')).toBe('a\nb\tc\\u2066');
    expect(safeLine('👩\u200d🚀 a\u200db')).toBe('👩\u200d🚀 a\\u200db');
  });
});

describe('a record', () => {
  const record = (fields: object) =>
    shapeOf({ type: 'x', id: '1', parentId: null, timestamp: '', seq: 1, ...fields });
  const message = (fields: object) => record({ type: 'message', message: fields });

  it('is read as what it is', () => {
    expect(message({ role: 'user', content: 'hi' })).toEqual({
      kind: 'message',
      role: 'user',
      parts: [{ kind: 'text', text: 'hi' }],
    });
    expect(message({ role: 'toolResult', toolName: 'read', isError: true, content: [] })).toEqual({
      kind: 'result',
      name: 'read',
      failed: true,
      parts: [],
    });
    const failed = { role: 'assistant', content: [], stopReason: 'error', errorMessage: 'full' };
    expect(message(failed)).toMatchObject({ stopped: 'error: full' });
    expect(record({ type: 'compaction', tokensBefore: 84_211, summary: 's' })).toEqual({
      kind: 'divider',
      name: 'Compacted 84,211 tokens',
      text: 's',
    });
  });

  it('of an unknown shape is shown as it is', () => {
    expect(record({ a: 1 })).toEqual({ kind: 'unknown', type: 'x', value: { a: 1 } });
    expect(record({ type: 'message', message: 7 })).toMatchObject({ kind: 'unknown' });
    expect(message({ content: [7, { type: 'odd' }] })).toMatchObject({
      role: 'message',
      parts: [
        { kind: 'other', value: 7 },
        { kind: 'other', name: 'odd' },
      ],
    });
  });
});

describe('a revision', () => {
  const base = { at: 0, sessionId: 's', unset: [], whole: false };

  it('tells from what to what, as far back as is known', () => {
    const revisions = [
      { ...base, rev: 4, set: { a: 3, b: 1 }, unset: ['c'] },
      { ...base, rev: 3, set: { a: 2 } },
      { ...base, rev: 2, set: { c: 1 }, whole: true },
    ];
    expect(changesOf(revisions, 0)).toEqual([
      { field: 'a', value: 3, former: { known: true, value: 2 } },
      { field: 'b', value: 1, former: { known: true, value: undefined } },
      { field: 'c', former: { known: true, value: 1 } },
    ]);
    expect(changesOf(revisions.slice(0, 1), 0)[0]?.former).toEqual({ known: false });
  });
});

describe('a typed value', () => {
  it('is text or JSON, but no null', () => {
    expect(parsedValue('7', 'text')).toEqual({ ok: true, value: '7' });
    expect(parsedValue('7', 'json')).toEqual({ ok: true, value: 7 });
    expect(parsedValue('null', 'json').ok).toBe(false);
    expect(parsedValue('{', 'json').ok).toBe(false);
    expect(textOf({ a: 1 })).toBe('{\n  "a": 1\n}');
  });
});

describe('small words', () => {
  it('say how long and in which order', () => {
    expect(ago(1_000, 1_500)).toBe('now');
    expect(ago(0, 3_600_000)).toBe('1h ago');
    expect(ago(90_000, 0)).toBe('in 1m');
    expect(runningSpan(125_000)).toBe('2m 05s');
    expect(sortedAnew({ q: 'a' }, 'updated')).toEqual({ q: 'a', sort: 'updated', reverse: true });
    expect(sortedAnew({ sort: 'rev', reverse: true }, 'rev')).toEqual({ sort: 'rev' });
  });
});
