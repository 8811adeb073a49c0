import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Call, isWrite } from '../../test/faults/faulty-system.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { isLong, minutes } from '../frame/size.ts';
import { CHANGES, named } from './operations.ts';
import { sceneOf, tryWith } from './trial.ts';

Error.stackTraceLimit = 0;
/** Of a longer write the short form tries the ends and some counts between. */
const EVERY_BYTE_MAX = 160;
const SAMPLES = 24;
let count = 0;
let broken = 0;
const began = performance.now();

function lengthOf({ args }: Call): number {
  const [, data, offset = 0, length] = args as [number, string | Uint8Array, number?, number?];
  return length ?? Buffer.byteLength(data) - offset;
}

/** The byte counts of a write that are tried, all of them in the long form where it is no blob or fold. */
function countsOf(length: number): number[] {
  const step = Math.ceil(length / SAMPLES);
  const everyOne = length < (isLong ? 4_096 : EVERY_BYTE_MAX);
  const all = Array.from({ length }, (_, bytes) => bytes);
  return everyOne ? all : all.filter((n) => n < 3 || n > length - 4 || n % step === 0);
}

beforeAll(() => {
  beginRun('faults', 'short writes');
});

it.each(named(CHANGES))(
  'C.15 %s: a disk that fills up in the middle of any write, at any byte: nothing is cut short',
  async (_, operation) => {
    const failures: string[] = [];
    for (const start of isLong ? (['clean', 'in use'] as const) : (['clean'] as const)) {
      const scene = await sceneOf(operation, start, 'process');
      for (const call of scene.calls.filter(isWrite)) {
        for (const bytes of countsOf(lengthOf(call))) {
          const short = { n: call.n, bytes };
          // It takes a part; a part and then nothing; the part can not be cut off; one part and another.
          const full = { n: call.n + 1, errno: 'ENOSPC' };
          const again = { n: call.n + 1, bytes: 1 };
          const stays = { n: call.n + 2, errno: 'EIO' };
          const plans = [[short], [short, full], [short, full, stays], [short, again]];
          const few = bytes % 8 === 0 ? plans.slice(1) : plans.slice(1, 2);
          for (const plan of isLong ? plans : few) {
            const { failure } = await tryWith(scene, plan);
            count += 1;
            if (failure !== undefined) failures.push(failure);
          }
        }
      }
    }
    broken += failures.length;
    expect(failures.slice(0, 5), `${failures.length}`).toEqual([]);
  },
  minutes(4, 20),
);

afterAll(() => {
  keepFigure('faults', {
    what: 'short writes',
    count,
    found: { broken },
    seconds: (performance.now() - began) / 1_000,
  });
});
