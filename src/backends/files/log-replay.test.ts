import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeLine } from './log-line.ts';
import { LogReplay } from './log-replay.ts';

const KEY = 'agent:main:main';
const SEED = 20261122;
const SNAPSHOT = {
  v: 1,
  key: KEY,
  rev: 1,
  sessionId: '01a20553-968a-7001-89f6-2210a8715fa9',
  createdAt: 10,
  beganAt: 10,
  updatedAt: 10,
  entry: { a: 0, kept: { deep: [1] } },
  fence: 0,
};

const replay = () =>
  new LogReplay(
    KEY,
    () => 'a large value',
    () => false,
  );

const name = fc.constantFrom('a', 'b', 'ä€😀', '__proto__', 'constructor', 'large');
const change = fc.record(
  {
    at: fc.integer({ min: 0, max: 30 }),
    set: fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { noNullPrototype: true }),
    unset: fc.array(name, { maxLength: 2 }),
    blobs: fc.constant({ large: 'ab'.repeat(32) }),
    turn: fc.constant({ fence: 1, holder: { host: 'h', pid: 1, instance: 'i' }, startedAt: 1 }),
  },
  { requiredKeys: [] },
);

/** Lines of a log: commits, each with its revision, and turns between them. */
function linesOf(changes: readonly Record<string, unknown>[]): string[] {
  let rev = 1;
  return changes.map(({ turn, ...commit }) => {
    if (turn !== undefined) return encodeLine({ turn } as never);
    rev += 1;
    return encodeLine({ rev, ...commit } as never);
  });
}

test(`R4.1 a log that is read at once holds the state of one that is read line by line (seed ${SEED})`, () => {
  const property = fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
    const lines = [encodeLine(SNAPSHOT), ...linesOf(changes)];
    const [atOnce, byLine] = [replay(), replay()];
    atOnce.take(Buffer.from(lines.join('')));
    for (const line of lines) byLine.take(Buffer.from(line));
    expect(atOnce.damage).toBe(undefined);
    expect(JSON.stringify(atOnce.state)).toBe(JSON.stringify(byLine.state));
    expect(atOnce.size).toBe(byLine.size);
    expect(atOnce.trailer).toBe(byLine.trailer);
    expect(Object.isFrozen(atOnce.state?.entry)).toBe(true);
  });
  fc.assert(property, { seed: SEED, numRuns: 500 });
});

test('C.5 a revision that is left out is damage at its line, and the state before it is the last good one', () => {
  const good = [
    encodeLine(SNAPSHOT),
    encodeLine({ rev: 2, set: { a: 1 } }),
    encodeLine({ rev: 3, set: { b: 1 } }),
  ].join('');
  const log = replay();
  log.take(Buffer.from(good + encodeLine({ rev: 5, set: { a: 2 } })));
  expect(log.damage?.reason).toBe('revision 5 follows revision 3');
  expect(log.damage?.from).toBe(good.length);
  expect(log.state).toMatchObject({ rev: 3, entry: { a: 1, b: 1 } });
});

test('C.5 a commit after the end of a session, or of another shape, is damage', () => {
  const after = (...lines: Parameters<typeof encodeLine>[0][]) => {
    const log = replay();
    log.take(Buffer.from([SNAPSHOT, ...lines].map((line) => encodeLine(line)).join('')));
    return log.damage?.reason;
  };
  expect(after({ removed: true }, { rev: 2, set: {} })).toMatch('the end of the session');
  expect(after({ rev: 2, set: [] as never })).toMatch('its set is of another kind');
  expect(after({ rev: 2, unset: [1] as never })).toMatch('its unset is of another kind');
  expect(after({ rev: 2, set: {} }, { rev: 3, set: { a: null } })).toBe(undefined);
});

test('C.5 a line that is no text is damage, also between lines that are', () => {
  const first = Buffer.from(encodeLine(SNAPSHOT) + encodeLine({ rev: 2, set: { a: 'é' } }));
  const bad = Buffer.from(encodeLine({ rev: 3, set: { a: '??' } }));
  bad.fill(0xff, bad.indexOf('??'), bad.indexOf('??') + 2);
  const log = replay();
  log.take(Buffer.concat([first, bad, Buffer.from(encodeLine({ rev: 4 }))]));
  expect(log.damage).toMatchObject({ from: first.length });
  expect(log.state).toMatchObject({ rev: 2, entry: { a: 'é' } });
});
