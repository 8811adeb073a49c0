import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect } from '../../test/files/collect.ts';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keepFigure } from '../frame/figures.ts';
import { ProofChild } from '../frame/proof-child.ts';
import { isLong, minutes, size } from '../frame/size.ts';
import { lengthOf, newRoot, type Outcome, plainViews, playDeath, requireWhole } from './deaths.ts';
import type { Point } from './dying-system.ts';
import { openBackend, SCENARIOS, type Scenario } from './scenarios.ts';

/** Real processes that die, spread over all points; the long form kills one at every point. */
const REAL_DEATHS = size(100, Number.POSITIVE_INFINITY);
/** Calls of work in the background come in varying numbers. */
const SPARE = 3;
const LIFE_MS_MAX = 60_000;
/** Real processes at a time; more only wait for each other. */
const AT_ONCE = 3;

type Death = (root: string, scenario: Scenario, point: Point) => Promise<Outcome>;

/** Every point at which a process may die in a scenario. */
async function pointsOf(scenario: Scenario): Promise<Point[]> {
  const { calls, writes } = await lengthOf(scenario);
  const counted = (moment: Point['moment'], count: number) =>
    Array.from({ length: count }, (_, n): Point => ({ moment, n: n + 1 }));
  return [
    ...counted('before', calls + SPARE),
    ...counted('after', calls + SPARE),
    ...counted('half', writes),
  ];
}

/** Lets a process die at each of the points and looks at what is left; how many died. */
async function dieAt(
  scenario: Scenario,
  points: readonly Point[],
  die: Death,
  atOnce: number,
): Promise<number> {
  const views = await plainViews(scenario);
  let [next, deaths] = [0, 0];
  const one = async () => {
    for (let point = points[next++]; point; point = points[next++]) {
      const root = newRoot();
      await scenario.setUp?.(root);
      const observer = await openBackend(root);
      await collect(observer.list({ order: 'key' }));
      try {
        const outcome = await die(root, scenario, point);
        if (outcome.died) deaths += 1;
        await requireWhole(observer, root, views, outcome);
      } finally {
        await observer.close();
        rmSync(root, { recursive: true, force: true });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return deaths;
}

let program: BuiltChild;
beforeAll(async () => {
  program = await buildChild(new URL('programs/dies.ts', import.meta.url));
});
afterAll(() => program.remove());

const dieReally: Death = async (root, { name }, point) => {
  const child = new ProofChild(program.path, { root, name, point }, { lifeMsMax: LIFE_MS_MAX });
  const { code, signal } = await child.ended;
  if (child.late || (code !== 0 && signal !== 'SIGKILL')) throw new Error(child.complaint);
  const acknowledged = child.said.split('\n').length - 1;
  return { acknowledged, died: signal === 'SIGKILL', where: `${name}, ${JSON.stringify(point)}` };
};

describe('a process that dies at one of its calls', () => {
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1_000;
  let [played, real] = [0, 0];

  describe.each(SCENARIOS)('$name', (scenario) => {
    it(
      `C.14 ${scenario.name}: dead before, in the middle of, or after any call, it leaves the old or the new`,
      async () => {
        const deaths = await dieAt(scenario, await pointsOf(scenario), playDeath, 1);
        expect(deaths).toBeGreaterThan(10);
        played += deaths;
      },
      minutes(2, 4),
    );

    it(
      `C.14 ${scenario.name}: so does a real process that is killed`,
      async () => {
        const points = await pointsOf(scenario);
        const step = Math.max(1, (points.length * SCENARIOS.length) / REAL_DEATHS);
        // Another part of them at every scenario, and all of them in the long form.
        const first = isLong ? 0 : SCENARIOS.indexOf(scenario) % Math.ceil(step);
        const picked: Point[] = [];
        for (let at = first; at < points.length; at += step) {
          picked.push(points[Math.floor(at)] as Point);
        }
        const deaths = await dieAt(scenario, picked, dieReally, AT_ONCE);
        expect(deaths).toBeGreaterThan(picked.length / 2);
        real += deaths;
      },
      minutes(2, 8),
    );
  });

  afterAll(() => {
    const found = { lost: 0, torn: 0, 'repairs by hand': 0 };
    keepFigure('every-call', { what: 'deaths played', count: played, found, seconds: seconds() });
    keepFigure('every-call', { what: 'SIGKILLs', count: real, found, seconds: seconds() });
  });
});
