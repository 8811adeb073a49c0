import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Call } from '../../test/faults/faulty-system.ts';
import { keptSeeds } from '../frame/corpus.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun, chanceOf } from '../frame/run-facts.ts';
import { isLong, minutes } from '../frame/size.ts';
import { fewErrnosFor } from './fitting-errnos.ts';
import { CARES, CHANGES, named } from './operations.ts';
import type { Planned } from './planned-faults.ts';
import type { Scene } from './scene.ts';
import { sceneOf, tryWith } from './trial.ts';

Error.stackTraceLimit = 0;
/** Pairs of an operation that the short form tries. */
const SAMPLE = 8;
let count = 0;
const broken: string[] = [];
const began = performance.now();
let seed = 0;

beforeAll(() => {
  seed = beginRun('faults', 'two calls fail').seed;
});

/** Every second fault at a call that comes after the first one has happened. */
function* secondFaults(first: Planned, calls: readonly Call[]): Generator<Planned[]> {
  for (const call of calls.slice(first.n)) {
    for (const errno of fewErrnosFor(call)) yield [first, { n: call.n, errno }];
  }
}

async function tryPlan(scene: Scene, plan: Planned[], failures: string[]) {
  const trial = await tryWith(scene, plan);
  count += 1;
  if (trial.failure !== undefined) failures.push(trial.failure);
  return trial;
}

async function allPairs(scene: Scene, failures: string[]): Promise<void> {
  for (const call of scene.calls) {
    for (const errno of fewErrnosFor(call)) {
      const first = { n: call.n, errno };
      // What it does after the first fault is another list of calls than without it.
      const { calls } = await tryWith(scene, [first]);
      for (const plan of secondFaults(first, calls)) await tryPlan(scene, plan, failures);
    }
  }
}

async function somePairs(scene: Scene, from: number, failures: string[]): Promise<void> {
  const { pick } = chanceOf(from);
  const firsts = scene.calls.filter((call) => fewErrnosFor(call).length > 0);
  for (let tries = 0; tries < SAMPLE; tries++) {
    const call = pick(firsts);
    const first = { n: call.n, errno: pick(fewErrnosFor(call)) };
    const seconds = [...secondFaults(first, (await tryWith(scene, [first])).calls)];
    if (seconds.length > 0) await tryPlan(scene, pick(seconds), failures);
  }
}

it.each(named([...CHANGES, ...CARES]))(
  'C.15 %s: two calls fail, and it is still the former state or the new one',
  async (_, operation) => {
    const failures: string[] = [];
    const seeds = [seed, ...keptSeeds('faults').map((kept) => kept.seed)];
    for (const durability of ['process', 'power'] as const) {
      const scene = await sceneOf(operation, 'clean', durability);
      if (durability === 'power' && !scene.calls.some(({ name }) => /sync$/.test(name))) continue;
      if (isLong) await allPairs(scene, failures);
      else for (const one of seeds) await somePairs(scene, one, failures);
    }
    broken.push(...failures);
    expect(failures.slice(0, 5), `${failures.length}`).toEqual([]);
  },
  minutes(4, 20),
);

afterAll(() => {
  keepFigure('faults', {
    what: 'pairs of faults',
    count,
    found: { broken: broken.length },
    seconds: (performance.now() - began) / 1_000,
    ...(isLong ? {} : { seed }),
  });
});
