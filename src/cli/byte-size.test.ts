import { expect, it } from 'vitest';
import { byteSize } from './byte-size.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 KB'],
  [1_234, '1.2 KB'],
  [99_960, '100 KB'],
  [999_499, '999 KB'],
  [999_999, '1.0 MB'],
  [340_000_000, '340 MB'],
  [2e15, '2000 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text);
});
