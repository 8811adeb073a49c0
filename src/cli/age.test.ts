import { describe, expect, it } from 'vitest';
import { ageOf, agoOf, clockOf, dayOf, momentOf, spanOf, timeOf } from './age.ts';

const NOW = Date.parse('2026-02-26T12:00:00Z');

describe('momentOf', () => {
  it('reads an age', () => {
    expect(NOW - momentOf('90s', NOW)).toBe(90_000);
    expect(NOW - momentOf('15m', NOW)).toBe(900_000);
    expect(NOW - momentOf('2h', NOW)).toBe(7_200_000);
    expect(NOW - momentOf('3d', NOW)).toBe(259_200_000);
    expect(NOW - momentOf('1w', NOW)).toBe(604_800_000);
  });

  it('reads a time with a zone, and without one as local', () => {
    expect(momentOf('2026-02-26T11:00:00Z', NOW)).toBe(NOW - 3_600_000);
    expect(momentOf('2026-02-26T13:00+01:00', NOW)).toBe(NOW);
    expect(momentOf('2026-02-26', NOW)).toBe(new Date(2026, 1, 26).getTime());
    expect(momentOf('2026-02-26 09:30', NOW)).toBe(new Date(2026, 1, 26, 9, 30).getTime());
  });

  it.each(['', '2', 'h', '-2h', '2 h', '1.5h', 'yesterday', '2026', '2026-13-01', '26.2.2026'])(
    'refuses %j',
    (text) => {
      expect(() => momentOf(text, NOW)).toThrow(/is not a time/);
    },
  );
});

describe('spans', () => {
  it('are told in the largest unit', () => {
    expect(
      ['0', 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000 * 12].map(Number).map(spanOf),
    ).toEqual(['0s', '59s', '1m', '59m', '1h', '12d']);
    expect(spanOf(86_400_000 * 800)).toBe('2y');
    expect(spanOf(-5)).toBe('0s');
  });

  it('tell a moment that lies ahead', () => {
    expect(ageOf(NOW + 1_000, NOW)).toBe('0s');
    expect(ageOf(NOW + 3 * 3_600_000, NOW)).toBe('in 3h');
    expect(ageOf(NOW - 5_000, NOW)).toBe('5s');
    expect(agoOf(NOW - 5_000, NOW)).toBe('5s ago');
    expect(agoOf(NOW + 3 * 3_600_000, NOW)).toBe('in 3h');
  });

  it('write a moment in local time', () => {
    const at = new Date(2026, 1, 6, 9, 3, 7).getTime();
    expect(timeOf(at)).toBe('2026-02-06 09:03:07');
    expect(`${dayOf(at)} ${clockOf(at)}`).toBe(timeOf(at));
  });
});
