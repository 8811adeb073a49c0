import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson, escapeText, unescapeJson, unescapeText } from './escape-json.ts';

const SEED = 20_261_123;
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u0000',
        '\u001a',
        '\ud800',
        '\udfff',
        '\\',
        '\\u0000',
        '\u001ad800',
        '"',
        '0000',
        '🦀',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** What a jsonb value refuses. */
const isRefused = (part: string) => part.includes('\u0000') || /\p{Surrogate}/u.test(part);

describe('texts that jsonb can not hold', () => {
  it('come back as they were, as JSON and as text', () => {
    fc.assert(
      fc.property(text, text, (name, value) => {
        const json = JSON.stringify({ [name]: value, list: [value, 1, null] });
        const escaped = escapeJson(json);
        // jsonb gives its text back with the escapes that JSON.stringify uses for controls.
        const stored = JSON.stringify(JSON.parse(escaped));
        expect(unescapeJson(stored)).toBe(json);
        expect(unescapeText(escapeText(value))).toBe(value);
        expect(isRefused(escapeText(value))).toBe(false);
        for (const part of [...Object.keys(JSON.parse(escaped)), ...JSON.parse(escaped).list]) {
          if (typeof part === 'string') expect(isRefused(part)).toBe(false);
        }
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('leaves ordinary text alone', () => {
    for (const value of ['', 'opus', 'äöü 🦀', 'a\nb\t\\ "x"', '\\u0000']) {
      expect(escapeText(value)).toBe(value);
      expect(escapeJson(JSON.stringify(value))).toBe(JSON.stringify(value));
    }
  });
});
