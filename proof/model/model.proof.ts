/**
 * Random lists of commands on real back ends, held against the memory back end: every answer, every
 * error code, and what is there at the end. What fails is made as short as it can be, and printed with
 * its seed and path; `PROOF_SEED=<seed> PROOF_PATH=<path>` runs that one list again.
 */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { type Command, commands, KEYS } from './commands.ts';
import { diskInMemoryPlace, filesPlace, memoryPlace, type Place } from './place.ts';
import { World } from './world.ts';

/** Everything that can be seen, asked through the first store after the last command. */
const LOOK: readonly Command[] = [
  { do: 'list', via: 0, channel: undefined, limit: undefined },
  ...KEYS.flatMap((key): Command[] => [
    { do: 'read', key, via: 0 },
    { do: 'archives', key, via: 0 },
    ...[0, 1, 2].map(
      (of): Command => ({ do: 'transcript', key, via: 0, of, last: undefined, after: undefined }),
    ),
  ]),
  { do: 'reopen', via: 1 },
  { do: 'list', via: 1, channel: undefined, limit: undefined },
  { do: 'verify', via: 1 },
];

async function held(list: readonly Command[], make: () => Place): Promise<void> {
  const memory = new World(memoryPlace());
  const other = new World(make());
  try {
    for (const [at, command] of [...list, ...LOOK].entries()) {
      const expected = await memory.answer(command);
      const actual = await other.answer(command);
      // Vitest takes a field named `constructor` for the class of an object.
      if (isDeepStrictEqual(actual, expected)) continue;
      const both = `${JSON.stringify(actual)}, but in memory ${JSON.stringify(expected)}`;
      expect.fail(`command ${at + 1}, ${command.do}: ${both}`);
    }
  } finally {
    await memory.close();
    await other.close();
  }
}

async function holds(
  what: string,
  make: () => Place,
  most: number,
  minutesMax: number,
): Promise<void> {
  const { seed } = beginRun('model', what);
  const path = process.env.PROOF_PATH;
  const began = performance.now();
  // Refusals are half of the answers, and nobody reads where they were made.
  Error.stackTraceLimit = 0;
  let steps = 0;
  let runs = 0;
  const property = fc.asyncProperty(commands, async (list) => {
    steps += list.length;
    runs += 1;
    await held(list, make);
  });
  await fc.assert(property, {
    seed,
    numRuns: most,
    interruptAfterTimeLimit: minutesMax * 60_000,
    endOnFailure: path !== undefined,
    ...(path !== undefined && { path }),
  });
  const seconds = (performance.now() - began) / 1_000;
  const per = Math.round(steps / runs);
  const figure = { what: `lists of ${per} commands, ${what}`, count: runs, seconds, seed };
  keepFigure('model', { ...figure, found: { 'other answers': 0 } });
}

/** Where a machine keeps files in memory. */
const FAST = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

describe('the files back end answers as the memory back end does', () => {
  it(
    'R7.2 on files that lie in memory, hostile keys and fields included',
    () => holds('tmpfs', () => filesPlace(FAST), size(500, 80_000), size(2, 50)),
    minutes(3, 55),
  );
  it(
    'on a disk in memory whose calls take effect at once',
    () => holds('disk in memory', diskInMemoryPlace, size(150, 16_000), size(2, 12)),
    minutes(3, 15),
  );
  it(
    'on the disk',
    () => holds('disk', () => filesPlace(), size(100, 4_000), size(2, 10)),
    minutes(3, 12),
  );
});
