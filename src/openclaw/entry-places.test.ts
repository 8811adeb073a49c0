import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EntryPlaces } from './entry-places.ts';

/** Given in pieces of this many bytes. */
function placesOf(bytes: Buffer, piece = bytes.length): EntryPlaces {
  const found = new EntryPlaces();
  for (let at = 0; at < bytes.length; at += piece) found.add(bytes.subarray(at, at + piece));
  found.end();
  return found;
}

function valuesOf(bytes: Buffer, found: EntryPlaces): [string, unknown][] {
  return found.places.map(({ key, start, end }) => [
    key,
    JSON.parse(bytes.toString('utf8', start, end)),
  ]);
}

const seed = 20_260_301;

describe('the entries of a sessions.json', () => {
  it(`are found where JSON.parse finds them, however the bytes come (seed ${seed})`, () => {
    const layout = fc.constantFrom(undefined, 2, '\t');
    const entries = fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.jsonValue()));
    fc.assert(
      fc.property(entries, layout, fc.integer({ min: 1, max: 40 }), (list, space, piece) => {
        const inner = list.map(
          ([key, value]) => `${JSON.stringify(key)} :  ${JSON.stringify(value, null, space)} `,
        );
        const bytes = Buffer.from(` {${inner.join(',\n')}}\n`);
        const found = placesOf(bytes, piece);
        expect(found.damage).toBeUndefined();
        const wanted = list.map(([key, value]) => [key, JSON.parse(JSON.stringify(value))]);
        const asText = (pairs: unknown) => JSON.stringify(pairs);
        expect(asText(valuesOf(bytes, found))).toBe(asText(wanted));
      }),
      { seed, numRuns: 300 },
    );
  });

  it.each([
    ['[]', /an array/],
    ['"a"', /a string/],
    ['12 ', /a number/],
    ['null', /null/],
    ['true', /a boolean/],
    ['{', /ends in the middle/],
    ['{"a":{}', /ends in the middle/],
    ['{"a":{},}', /no key/],
    ['{"a" {}}', /no colon/],
    ['{"a":}', /no value/],
    ['{"a":,}', /no value/],
    ['{"a":1 "b":2}', /no comma/],
    ['{"a":1}}', /goes on behind its end/],
    ['{"a":1} x', /not JSON/],
    ['{"a":{"b":tru}}', /not JSON/],
    ['\0\0\0', /not JSON/],
  ])('are not taken beyond the damage of %j', (text, damage) => {
    expect(placesOf(Buffer.from(text)).damage).toMatch(damage);
  });

  it('before the damage are whole', () => {
    const text = Buffer.from('{"a":{"x":[1,{}]},"b":{"y":"}"},"c":{"z":');
    const found = placesOf(text, 7);
    expect(found.damage).toMatch(/middle/);
    expect(valuesOf(text, found)).toEqual([
      ['a', { x: [1, {}] }],
      ['b', { y: '}' }],
    ]);
  });
});
