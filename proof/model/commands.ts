/**
 * One thing that a user of the library does, as a plain value, so that a list of them can be printed,
 * shrunk and run again. Nothing in it is an id of a store: ids are made by each store, so a command
 * names them by their place.
 */
import fc from 'fast-check';

/** Which keys, by their place in {@link KEYS}. */
interface OfKey {
  readonly key: string;
  /** The first or the second store that is open on the location. */
  readonly via: 0 | 1;
}

/** A precondition, before ids and revisions are known. */
export type Demand =
  | 'none'
  | 'this revision'
  | 'an older revision'
  | 'no session'
  | 'a session'
  | 'this conversation'
  | 'another conversation';

export type Command =
  | ({ do: 'update'; patch: unknown; demand: Demand } & OfKey)
  | ({ do: 'increment'; field: string; demand: Demand } & OfKey)
  | ({ do: 'throw' | 'promise' | 'read' | 'archives' | 'fold' | 'begin' | 'interrupt' } & OfKey)
  | ({ do: 'append'; record: Record<string, unknown>; id: string | undefined } & OfKey)
  | ({ do: 'transcript'; last: number | undefined; after: number | undefined; of: number } & OfKey)
  | ({ do: 'reset'; keep: 'all' | 'none' | readonly string[]; demand: Demand } & OfKey)
  | ({ do: 'restore'; of: number } & OfKey)
  | ({ do: 'remove'; demand: Demand } & OfKey)
  | { do: 'list'; via: 0 | 1; channel: string | undefined; limit: number | undefined }
  | { do: 'turn update'; turn: number; field: string }
  | { do: 'turn append'; turn: number; text: string }
  | { do: 'turn end'; turn: number }
  | { do: 'reopen'; via: 0 | 1 }
  | { do: 'verify'; via: 0 | 1 };

/** Few, so that commands meet; hostile, so that none of them is read as something else. */
const KEYS = [
  'agent:main:slack:channel:c1',
  'agent:main:slack:channel:C1',
  'main',
  '__proto__',
  'agent:__proto__:constructor',
  'agent:main:telegram:direct:../../x:thread:con',
  'e\u0301',
  '\u00e9',
];
const REFUSED_KEYS = ['', '\0', '\ud800', 'x'.repeat(1_025)];
const FIELDS = [
  'n',
  'model',
  '__proto__',
  'constructor',
  'toString',
  'channel',
  '',
  'a.b',
  'label',
];
const RESERVED = ['sessionId', 'sessionFile'];
const IDS = ['a', 'b', '__proto__', 'at-0'];

/** Large enough to be stored once for several sessions. */
const LARGE = Array.from({ length: 600 }, (_, n) => `skill ${n}`);

const via = fc.constantFrom<0 | 1>(0, 0, 0, 1);
const key = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...KEYS.slice(0, 3)) },
  { weight: 15, arbitrary: fc.constantFrom(...KEYS) },
  { weight: 1, arbitrary: fc.constantFrom(...REFUSED_KEYS) },
);
const field = fc.constantFrom(...FIELDS);
const demand: fc.Arbitrary<Demand> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Demand>('none') },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Demand>(
      'this revision',
      'an older revision',
      'no session',
      'a session',
      'this conversation',
      'another conversation',
    ),
  },
);

const plain = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.string({ maxLength: 4 }));
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 2, arbitrary: fc.constant(null) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(undefined, -0, 1e21, 0.1, '\u2028', '\ud83d\ude00'),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(NaN, 1n, '\ud800', () => 1, new Date(0)) },
  { weight: 1, arbitrary: fc.array(plain, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant(JSON.parse('{"__proto__":{"x":1},"b":[null]}')) },
  { weight: 1, arbitrary: fc.constant(LARGE) },
);

/** `__proto__` becomes a field of its own, as it does when JSON is parsed. */
const fieldsOf = (name: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(name, value), { maxLength: 3 }).map((fields) => {
    const patch = {};
    for (const [at, each] of fields) {
      Object.defineProperty(patch, at, {
        value: each,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return patch as Record<string, unknown>;
  });

const patch = fc.oneof(
  { weight: 12, arbitrary: fieldsOf(field) },
  { weight: 1, arbitrary: fieldsOf(fc.constantFrom(...RESERVED, 'n')) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(null, [], 'text', 7) },
);
/** Rows that move the leaf name records that are there now and then. */
const leafRow = fc
  .constantFrom<string | null>(...IDS, null)
  .map((targetId): Record<string, unknown> => ({ type: 'leaf', targetId }));
const anyRecord = fc
  .tuple(
    fc.constantFrom('note', 'message', 'leaf', ''),
    fieldsOf(
      fc.constantFrom('text', '__proto__', 'id', 'targetId', 'appendParentId', 'appendMode'),
    ),
  )
  .map(([type, rest]): Record<string, unknown> => ({ ...rest, type }));
const sideRecord = fc.constant<Record<string, unknown>>({ type: 'note', appendMode: 'side' });
const record = fc.oneof(
  { weight: 6, arbitrary: anyRecord },
  { weight: 1, arbitrary: leafRow },
  { weight: 1, arbitrary: sideRecord },
);
const count = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined });
const place = fc.integer({ min: 0, max: 3 });
const keep = fc.oneof(
  fc.constantFrom<'all' | 'none'>('all', 'none'),
  fc.array(field, { maxLength: 2 }),
);

const of = <D extends string, M extends object>(
  name: D,
  more: { [F in keyof M]: fc.Arbitrary<M[F]> },
) =>
  fc.record({ do: fc.constant(name), ...more } as { do: fc.Arbitrary<D> } & {
    [F in keyof M]: fc.Arbitrary<M[F]>;
  });

const weighted: readonly [number, fc.Arbitrary<unknown>][] = [
  [8, of('update', { key, via, patch, demand })],
  [5, of('increment', { key, via, field, demand })],
  [
    7,
    of('append', { key, via, record, id: fc.option(fc.constantFrom(...IDS), { nil: undefined }) }),
  ],
  [4, of('read', { key, via })],
  [4, of('transcript', { key, via, last: count, after: count, of: place })],
  [4, of('reset', { key, via, keep, demand })],
  [3, of('restore', { key, via, of: place })],
  [3, of('archives', { key, via })],
  [3, of('remove', { key, via, demand })],
  [2, of('fold', { key, via })],
  [3, of('begin', { key, via })],
  [2, of('turn update', { turn: place, field })],
  [2, of('turn append', { turn: place, text: fc.constantFrom('x', 'y') })],
  [2, of('turn end', { turn: place })],
  [1, of('interrupt', { key, via })],
  [2, of('list', { via, channel: fc.constantFrom(undefined, undefined, 'slack'), limit: count })],
  [1, of('reopen', { via })],
  [1, of('throw', { key, via })],
  [1, of('promise', { key, via })],
];

export const command = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({
    weight,
    arbitrary: arbitrary as fc.Arbitrary<Command>,
  })),
);

/** About thirty commands, and a look at everything at the end. */
export const commands = fc.array(command, { minLength: 1, maxLength: 60, size: 'max' });

export { KEYS };
