import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/contract/backend.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { temporaryDirectory } from '../files/temporary-directory.ts';
import { type Call, FaultySystem, isWrite } from './faulty-system.ts';
import { OPERATIONS, type Operation } from './operations.ts';
import { outcomeOf, viewOf } from './view-of-session.ts';

const NAMES = [
  'create',
  'update',
  'append',
  'append with an id',
  'reset',
  'update with a large value',
];
const operations = OPERATIONS.filter(({ name }) => NAMES.includes(name));

function lengthOf({ args }: Call): number {
  const [, data, offset = 0, length] = args as [number, string | Buffer, number?, number?];
  return length ?? Buffer.byteLength(data) - offset;
}

/** Makes the store take its disk for slow, so that it writes off the event loop. */
async function slowDown(system: FaultySystem, backend: Backend): Promise<void> {
  system.intervene = (call) => (isWrite(call) ? { stallMs: 200 } : undefined);
  for (let n = 0; n < 4; n++) await backend.update('agent:main:slow', { n }, {});
  expect(system.names.slice(-5)).toContain('write');
}

/** Byte counts that are tried: every one of the small writes, and of others the ends and some between. */
function countsOf(length: number, { name }: Operation): number[] {
  const all = Array.from({ length }, (_, count) => count);
  const everyOne = name !== 'reset' && length < 250;
  return all.filter((n) => everyOne || n < 3 || n > length - 4 || n % (length >> 3) === 0);
}

interface Bench {
  system: FaultySystem;
  backend: Backend;
  witness: Backend;
  operation: Operation;
  stallMs: number;
}

/** Runs the operation on a fresh session while write `index` takes `count` bytes only. */
async function shorten(bench: Bench, key: string, index: number, count: number): Promise<Call[]> {
  const { system, backend, witness, operation, stallMs } = bench;
  system.mend();
  await operation.prepare?.(backend, key);
  const before = await viewOf(witness, key);
  system.forget();
  let seen = 0;
  system.intervene = (call) => {
    if (!isWrite(call)) return undefined;
    seen += 1;
    return seen === index ? { bytes: count, stallMs } : { stallMs };
  };
  const outcome = await outcomeOf(() => operation.run(backend, key));
  const writes = system.calls.filter(isWrite);
  const after = await viewOf(witness, key);
  const where = `write ${index} took ${count} bytes`;
  if (outcome === undefined) expect(after, where).not.toEqual(before);
  else expect(after, where).toEqual(before);
  // A write that took nothing may be tried once more, and not for ever.
  if (count > 0 || index === 0) expect(outcome, where).toBe(undefined);
  else expect([undefined, 'IO_FAILED'], where).toContain(outcome);
  return writes;
}

describe.each(operations)('$name', (operation) => {
  test.each([
    ['on the event loop', false],
    ['off it, on a slow disk', true],
  ])('C.15 a write that takes only a part is finished, whatever the part, %s', async (_, slow) => {
    const root = temporaryDirectory();
    const { backend: witness, store } = await openStoreAt(root);
    const system = new FaultySystem();
    const { backend } = await openStoreAt(root, { system });
    await backend.update('agent:main:slow', { n: -1 }, {});
    if (slow) await slowDown(system, backend);
    const bench = { system, backend, witness, operation, stallMs: slow ? 200 : 0 };
    const writes = await shorten(bench, `agent:main:whole`, 0, 0);
    expect(writes.length).toBeGreaterThan(1);
    for (const [at, write] of writes.entries()) {
      for (const count of countsOf(lengthOf(write), operation)) {
        await shorten(bench, `agent:main:${at}:${count}`, at + 1, count);
      }
    }
    const { problems } = await store.verify();
    expect(problems.filter(({ severity }) => severity === 'damage')).toEqual([]);
  });
});

test.each(operations)(
  'C.15 $name: writes that take nothing, again and again, are IO_FAILED',
  async ({ prepare, run }) => {
    const system = new FaultySystem();
    const { backend } = await openStoreAt(temporaryDirectory(), { system });
    const key = 'agent:main:main';
    await prepare?.(backend, key);
    const before = await viewOf(backend, key);
    system.intervene = (call) => (isWrite(call) ? { bytes: 0 } : undefined);
    expect(await outcomeOf(() => run(backend, key))).toBe('IO_FAILED');
    system.mend();
    expect(await viewOf(backend, key)).toEqual(before);
    await run(backend, key);
  },
);

test('C.15 a mark that is written in parts is whole', async () => {
  const root = temporaryDirectory();
  const system = new FaultySystem();
  system.intervene = (call) => (isWrite(call) ? { bytes: 1 } : undefined);
  await openStoreAt(root, { system });
  const { warnings } = await openStoreAt(root);
  expect(warnings).toEqual([]);
});
