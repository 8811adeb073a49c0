/** A release that dies before any of its calls is completed by the next run. */
import { expect, it } from 'vitest';
import {
  copyOf,
  countCalls,
  killedAt,
  storeToRelease,
} from '../../test/openclaw/interrupted-release.ts';
import { releasedTree } from '../../test/openclaw/released.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';

const KILLS = size(20, 200);

it(
  `C.14 R7.8 a release that is killed at ${KILLS} random calls is completed by the next run`,
  async () => {
    const { seed, chance } = beginRun('openclaw', 'releases that are killed');
    const began = performance.now();
    const prepared = await storeToRelease();
    const whole = copyOf(prepared);
    const calls = countCalls(whole);
    const wanted = releasedTree(whole);
    let untouched = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      if (await killedAt(prepared, 1 + chance.below(calls), wanted)) untouched += 1;
    }
    const found = { 'not completed': 0, 'another result': 0 };
    const seconds = (performance.now() - began) / 1_000;
    keepFigure('openclaw', { what: 'killed releases', count: KILLS, found, seconds, seed });
    expect(untouched).toBeGreaterThan(0);
    expect(untouched).toBeLessThan(KILLS);
  },
  minutes(3, 15),
);
