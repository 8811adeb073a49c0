import { describe, expect, it } from 'vitest';
import {
  BYTES_PER_UNIT_MAX,
  bytesAtLeast,
  jsonBytes,
  primitiveBytesAtLeast,
  rememberSize,
  sizeOf,
} from './json-bytes.ts';

const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const plain = [
  ...[null, true, false, 0, -1.5, 1e21, '', 'abc', [], {}, [[]], [1], [1, 2, 3], { a: 1 }],
  ...[{ a: 1, bc: 'd' }, { list: [{}, [], 'x', null] }, [{ a: [{ b: [] }] }]],
];
const escaped = ['"', '\\', '\n', '\u0007', 'é', '€', '😀', { '"': 'é' }, ['\u0007\u0007']];

describe('bytesAtLeast', () => {
  it.each(plain.map((value) => [value]))('is exact where nothing is escaped: %j', (value) => {
    expect(bytesAtLeast(value)).toBe(bytesOf(value));
  });

  it.each(escaped.map((value) => [value]))('is a lower bound, and not too low: %j', (value) => {
    expect(bytesAtLeast(value)).toBeLessThanOrEqual(bytesOf(value));
    expect(bytesAtLeast(value) * BYTES_PER_UNIT_MAX).toBeGreaterThanOrEqual(bytesOf(value));
  });

  it('takes what is remembered of a container', () => {
    const large = Object.freeze({ text: 'x'.repeat(300) });
    rememberSize(large, { atLeast: 1_000 });
    expect(bytesAtLeast(large)).toBe(1_000);
    const counted = Object.freeze({ text: 'é'.repeat(300) });
    rememberSize(counted, { bytes: 611 });
    expect(bytesAtLeast(counted)).toBe(611);
  });

  it('is asked for primitives apart', () => {
    expect(primitiveBytesAtLeast('abc')).toBe(5);
    expect(primitiveBytesAtLeast(12)).toBe(2);
    expect(primitiveBytesAtLeast(null)).toBe(4);
  });
});

describe('jsonBytes', () => {
  it.each([...plain, ...escaped].map((value) => [value]))('is exact: %j', (value) => {
    expect(jsonBytes(value)).toBe(bytesOf(value));
  });

  it('counts a large frozen container once, and one that may change each time', () => {
    const open = { text: 'x'.repeat(300) };
    expect(jsonBytes(open)).toBe(bytesOf(open));
    expect(sizeOf(open)).toBeUndefined();
    open.text += 'y';
    expect(jsonBytes(open)).toBe(bytesOf(open));
    Object.freeze(open);
    expect(jsonBytes(open)).toBe(bytesOf(open));
    expect(sizeOf(open)).toEqual({ bytes: bytesOf(open) });
  });

  it('adds the exact count to what is remembered, and believes it', () => {
    const large = Object.freeze({ text: 'é'.repeat(300) });
    rememberSize(large, { atLeast: 311, levels: 1 });
    expect(jsonBytes(large)).toBe(611);
    expect(sizeOf(large)).toEqual({ atLeast: 311, levels: 1, bytes: 611 });
    rememberSize(large, { bytes: 7_000 });
    expect(jsonBytes(large)).toBe(7_000);
  });
});

describe('rememberSize', () => {
  it.each([
    [{ atLeast: 255 }, false],
    [{ atLeast: 256 }, true],
    [{ bytes: 255 }, false],
    [{ bytes: 256 }, true],
    [{ atLeast: 256, bytes: 100 }, true],
    [{ levels: 3 }, true],
  ])('keeps what is worth it: %j', (size, kept) => {
    const value = {};
    rememberSize(value, size);
    expect(sizeOf(value)).toEqual(kept ? size : undefined);
  });
});
