import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes } from '../frame/size.ts';
import { type Tally, tryEveryFault } from './every-fault.ts';
import { errnosFor } from './fitting-errnos.ts';
import { CARES, LOOKS, named } from './operations.ts';
import { watchCalls, watchWith } from './watched.ts';

Error.stackTraceLimit = 0;
const all: Tally = { count: 0, failures: [] };
const began = performance.now();

function take({ count, failures }: Tally): void {
  all.count += count;
  all.failures.push(...failures);
  expect(failures.slice(0, 5), `${failures.length} of ${count}`).toEqual([]);
  expect(count).toBeGreaterThan(20);
}

beforeAll(() => {
  beginRun('faults', 'every call of every look fails');
});

it.each(named(CARES))(
  'C.15 %s: whichever call fails, however: the former state or the new one, and it goes on',
  async (_, operation) => take(await tryEveryFault(operation)),
  minutes(4, 10),
);

it.each(named(LOOKS))(
  'R4.4 %s: whichever call fails, however: the right answer, an error or a warning',
  async (_, operation) => take(await tryEveryFault(operation)),
  minutes(4, 10),
);

it(
  'C.15 watch: whichever call fails, the change is told, or the error is',
  async () => {
    const tally: Tally = { count: 0, failures: [] };
    for (const call of await watchCalls()) {
      for (const errno of errnosFor(call)) {
        const failure = await watchWith([{ n: call.n, errno }]);
        tally.count += 1;
        if (failure !== undefined) tally.failures.push(failure);
      }
    }
    take(tally);
  },
  minutes(4, 10),
);

afterAll(() => {
  keepFigure('faults', {
    what: 'single faults in looks and cares',
    count: all.count,
    found: { broken: all.failures.length },
    seconds: (performance.now() - began) / 1_000,
  });
});
