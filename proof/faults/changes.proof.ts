import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes } from '../frame/size.ts';
import { type Tally, tryEveryFault } from './every-fault.ts';
import { CHANGES, named } from './operations.ts';

// Thousands of errors are made on purpose; their stacks say nothing.
Error.stackTraceLimit = 0;
const all: Tally = { count: 0, failures: [] };
const began = performance.now();

beforeAll(() => {
  beginRun('faults', 'every call of every change fails');
});

it.each(named(CHANGES))(
  'C.15 %s: whichever call fails, however: the former state or the new one, and it goes on',
  async (_, operation) => {
    const { count, failures } = await tryEveryFault(operation);
    all.count += count;
    all.failures.push(...failures);
    expect(failures.slice(0, 5), `${failures.length} of ${count}`).toEqual([]);
    expect(count).toBeGreaterThan(50);
  },
  minutes(4, 10),
);

afterAll(() => {
  keepFigure('faults', {
    what: 'single faults in changes',
    count: all.count,
    found: { broken: all.failures.length },
    seconds: (performance.now() - began) / 1_000,
  });
});
