import { describe, expect, it } from 'vitest';
import type { SessionSummary } from './state.ts';
import { compareSummaries, matchesQuery, summaryOf } from './summary.ts';

const STATE = {
  key: 'agent:ops:slack:channel:c1',
  agentId: 'ops',
  rev: 3,
  sessionId: 's1',
  createdAt: 10,
  updatedAt: 20,
  entry: {},
};

describe('summaryOf', () => {
  it('takes the channel from the key first, then from the entry', () => {
    const entry = { channel: 'discord', lastChannel: 'signal' };
    expect(summaryOf({ ...STATE, entry }).channel).toBe('slack');
    const main = { ...STATE, key: 'agent:ops:main' };
    expect(summaryOf({ ...main, entry }).channel).toBe('discord');
    expect(summaryOf({ ...main, entry: { channel: 5, lastChannel: 'signal' } }).channel).toBe(
      'signal',
    );
    expect('channel' in summaryOf({ ...main, entry: { channel: '' } })).toBe(false);
  });

  it('cuts a label without splitting a character', () => {
    const label = `${'x'.repeat(199)}\u{1f980}\u{1f980}`;
    expect(summaryOf({ ...STATE, entry: { label } }).label).toBe('x'.repeat(199));
    expect(summaryOf({ ...STATE, entry: { label: 7, displayName: 'd' } }).label).toBe('d');
    expect('label' in summaryOf(STATE)).toBe(false);
  });

  it('shows a turn without its status and shares nothing', () => {
    const holder = { host: 'h', pid: 1, instance: 'i' };
    const turn = { fence: 4, holder, startedAt: 5, label: 'reply', status: 'running' as const };
    const summary = summaryOf({ ...STATE, turn });
    expect(summary.turn).toEqual({ fence: 4, holder, startedAt: 5, label: 'reply' });
    expect(summary.turn?.holder).not.toBe(holder);
    expect('entry' in summary).toBe(false);
    const interrupted = { at: 7, reason: 'newer' };
    const stopping = summaryOf({ ...STATE, turn: { fence: 4, holder, startedAt: 5, interrupted } });
    expect(stopping.turn).toEqual({ fence: 4, holder, startedAt: 5, interrupted });
    expect(stopping.turn?.interrupted).not.toBe(interrupted);
    expect(Object.keys(stopping.turn ?? {})).not.toContain('label');
  });
});

describe('matchesQuery', () => {
  const summary = summaryOf(STATE);
  it.each([
    [{}, true],
    [{ agentId: 'ops', channel: 'slack' }, true],
    [{ agentId: 'main' }, false],
    [{ channel: 'discord' }, false],
    [{ updatedAfter: 19, updatedBefore: 21 }, true],
    [{ updatedAfter: 20 }, false],
    [{ updatedBefore: 20 }, false],
  ])('%j: %s', (query, matches) => {
    expect(matchesQuery(summary, query)).toBe(matches);
  });
});

describe('compareSummaries', () => {
  const row = (key: string, updatedAt: number): SessionSummary => ({
    ...summaryOf({ ...STATE, key }),
    updatedAt,
  });
  const rows = [row('b', 1), row('a', 2), row('c', 2), row('B', 1)];

  it('orders by age, then by key', () => {
    expect(rows.toSorted(compareSummaries('updated')).map(({ key }) => key)).toEqual([
      'a',
      'c',
      'B',
      'b',
    ]);
  });

  it('leaves equal rows where they are', () => {
    expect(compareSummaries('key')(row('a', 1), row('a', 2))).toBe(0);
    expect(compareSummaries('updated')(row('a', 1), row('a', 1))).toBe(0);
  });

  it('orders by key in code units', () => {
    expect(rows.toSorted(compareSummaries('key')).map(({ key }) => key)).toEqual([
      'B',
      'a',
      'b',
      'c',
    ]);
  });
});
