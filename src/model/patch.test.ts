import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonEqual } from './equal-json.ts';
import { LIMITS } from './limits.ts';
import {
  applyPatch,
  checkEntryBytes,
  checkPatch,
  entryBytes,
  freezeEntry,
  keepFields,
} from './patch.ts';
import type { Entry } from './state.ts';

const SEED = 20_260_303;
const field = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString', '\ud800', '');
const json = fc.jsonValue({ maxDepth: 3 });

/** What applying a patch means, written as plainly as possible. */
function expected(entry: Entry, patch: Record<string, unknown>): Map<string, unknown> {
  const fields = new Map(Object.entries(entry));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) fields.delete(name);
    else if (value !== undefined) fields.set(name, value);
  }
  return fields;
}

describe('checkPatch', () => {
  it('keeps null, drops undefined and freezes a copy', () => {
    const given = { model: 'opus', label: null, gone: undefined, tags: ['a'] };
    const patch = checkPatch(given, 'k');
    expect(patch).toEqual({ model: 'opus', label: null, tags: ['a'] });
    expect(Object.keys(patch)).toEqual(['model', 'label', 'tags']);
    expect(Object.isFrozen(patch) && Object.isFrozen(patch.tags)).toBe(true);
    expect(patch.tags).not.toBe(given.tags);
  });

  it.each([[null], [undefined], [[]], ['text'], [new Map()], [() => 1], [new (class A {})()]])(
    'refuses %o as a patch',
    (patch) => {
      expect(() => checkPatch(patch, 'agent:main:x')).toThrowError(
        expect.objectContaining({ code: 'INVALID_ENTRY', key: 'agent:main:x' }),
      );
    },
  );

  it('names the path of what it refuses', () => {
    expect(() => checkPatch({ tools: [{ at: new Date(0) }] }, 'k')).toThrowError(
      /patch\.tools\[0\]\.at is an instance of a class/,
    );
  });

  it('refuses more than an entry may have', () => {
    const text = 'x'.repeat(LIMITS.entryBytesMax - 8);
    expect(() => checkPatch({ a: text }, 'k')).not.toThrow();
    expect(() => checkPatch({ a: `${text}x` }, 'k')).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });
});

describe('applyPatch', () => {
  it(`does what a map of fields does (seed ${SEED})`, () => {
    const value = fc.oneof(json, fc.constant(null), fc.constant(undefined));
    fc.assert(
      fc.property(
        fc.dictionary(field, json),
        fc.array(fc.dictionary(field, value), { maxLength: 4 }),
        (first, patches) => {
          let entry = freezeEntry(JSON.parse(JSON.stringify(first)) as Entry);
          for (const given of patches) {
            const wanted = expected(entry, JSON.parse(JSON.stringify(given)));
            const applied = applyPatch(entry, checkPatch(given, 'k'));
            const after = applied?.entry ?? entry;
            expect(jsonEqual(Object.fromEntries(wanted), after)).toBe(true);
            expect(applied === undefined).toBe(jsonEqual(after, entry));
            expect(entryBytes(after)).toBe(Buffer.byteLength(JSON.stringify(after)));
            expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
            entry = after;
          }
        },
      ),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('tells only what really changes', () => {
    const entry = freezeEntry({ a: 1, b: [1], c: 'x', d: true });
    const patch = checkPatch({ a: 1, b: [1], c: 'y', d: null, e: null, f: 2 }, 'k');
    expect(applyPatch(entry, patch)).toEqual({
      entry: { a: 1, b: [1], c: 'y', f: 2 },
      set: { c: 'y', f: 2 },
      unset: ['d'],
    });
    expect(applyPatch(entry, checkPatch({ a: 1, b: [1], e: null }, 'k'))).toBeUndefined();
    expect(applyPatch(entry, checkPatch({ a: 2 }, 'k'))?.unset).toBeUndefined();
    expect(applyPatch(entry, checkPatch({ a: null }, 'k'))?.set).toBeUndefined();
  });

  it('shares the values that stay and leaves the former entry alone', () => {
    const entry = freezeEntry({ big: { list: [1] }, n: 1 });
    const after = applyPatch(entry, checkPatch({ n: 2 }, 'k'))?.entry;
    expect(after?.big).toBe(entry.big);
    expect(entry.n).toBe(1);
    expect(Object.isFrozen(after)).toBe(true);
  });

  it('takes fields that every object inherits for what they are: not there', () => {
    const patch = checkPatch(JSON.parse('{"toString":null,"__proto__":{"a":1}}'), 'k');
    const applied = applyPatch(Object.freeze({}), patch);
    expect(JSON.stringify(applied?.entry)).toBe('{"__proto__":{"a":1}}');
    expect(applied?.entry.a).toBeUndefined();
    expect(applied?.unset).toBeUndefined();
    const gone = applyPatch(applied!.entry, checkPatch(JSON.parse('{"__proto__":null}'), 'k'));
    expect(gone?.unset).toEqual(['__proto__']);
    expect(Object.keys(gone!.entry)).toEqual([]);
  });
});

describe('keepFields', () => {
  it('keeps all, none or the named ones', () => {
    const entry = freezeEntry(JSON.parse('{"a":1,"b":2,"__proto__":3}'));
    expect(keepFields(entry, 'all')).toBe(entry);
    expect(keepFields(entry, 'none')).toEqual({});
    const kept = keepFields(entry, ['b', '__proto__', 'toString', 'missing']);
    expect(JSON.stringify(kept)).toBe('{"b":2,"__proto__":3}');
    expect(Object.isFrozen(kept)).toBe(true);
  });
});

describe('checkEntryBytes', () => {
  it('counts what the JSON has, to the byte', () => {
    const entry = (text: string) => Object.freeze({ a: text });
    expect(() => checkEntryBytes(entry('é'.repeat(524_284)), 'k')).not.toThrow();
    expect(() => checkEntryBytes(entry('é'.repeat(524_285)), 'k')).toThrowError(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED', key: 'k' }),
    );
  });
});
