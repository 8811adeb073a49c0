import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keptSeeds } from '../frame/corpus.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { isLong, minutes, size } from '../frame/size.ts';
import { mutantOfEnvironment } from '../mutants/mutation.ts';
import type { Call } from './history.ts';
import { checkHistory } from './linearizable.ts';
import { type Disturbance, recordHistory } from './record-history.ts';
import { shrink } from './shrink.ts';

const CALLS = size(20_000, 1_000_000);
const SECONDS_MAX = size(200, 5_400);
const ROUND: Disturbance = {
  processes: 4,
  calls: size(10_000, 20_000),
  sessions: 8,
  kills: size(5, 8),
  stops: size(4, 6),
  stopMsMax: size(300, 2_000),
};

/** What is found in a mutant is kept by nobody. */
const mutant = mutantOfEnvironment();

let program: BuiltChild;
beforeAll(async () => {
  program = await buildChild(new URL('programs/historian.ts', import.meta.url));
});
afterAll(() => program.remove());

/** Saves what is left of a bad history after it was shrunk, and says where. */
function saved(history: readonly Call[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'holdfast-history-')), 'history.json');
  const least = shrink(history);
  writeFileSync(path, `[\n${least.map((call) => JSON.stringify(call)).join(',\n')}\n]\n`);
  return `${least.length} of ${history.length} calls kept in ${path}`;
}

/** Records one history after another and checks each session of it; what was found wrong. */
async function oneRound(seed: number, disturbance: Disturbance) {
  const recorded = await recordHistory(program.path, seed, disturbance);
  const problems = [...recorded.problems];
  for (const [key, history] of recorded.histories) {
    const verdict = checkHistory(history);
    if (verdict.linearizable) continue;
    if (verdict.linearizable === undefined) problems.push(`${key}: nobody knows`);
    else if (mutant) problems.push(`${key}: ${JSON.stringify(verdict.stuck)}`);
    else problems.push(`${key}: ${JSON.stringify(verdict.stuck)}; ${saved(history)}`);
  }
  // Of a bad round the calls are kept as they were noted, too.
  if (problems.length === 0 || mutant) rmSync(recorded.directory, { recursive: true, force: true });
  return { ...recorded, problems };
}

describe('histories of four processes', () => {
  it(
    'C.19 are linearizable in every session, with processes killed and stopped and clocks that jump',
    async () => {
      const { seed, chance } = beginRun('histories', 'four processes');
      const began = performance.now();
      const all = { calls: 0, kills: 0, stops: 0 };
      const seconds = () => (performance.now() - began) / 1_000;
      while (all.calls < CALLS && seconds() < SECONDS_MAX) {
        const { problems, directory, ...done } = await oneRound(chance.below(2 ** 31), ROUND);
        expect(problems, `seed ${seed}, kept in ${directory}`).toEqual([]);
        for (const what of Object.keys(all) as (keyof typeof all)[]) all[what] += done[what];
        if (isLong) console.log(`${seconds().toFixed(0)} s: ${JSON.stringify(all)}`);
      }
      const found = { 'not linearizable': 0 };
      const figure = { found, seconds: seconds(), seed };
      keepFigure('histories', { what: 'linearizability operations', count: all.calls, ...figure });
      console.log(`histories: ${JSON.stringify(all)}`);
      expect(all.calls).toBeGreaterThanOrEqual(CALLS);
      expect(all.kills).toBeGreaterThan(CALLS / 10_000);
      expect(all.stops).toBeGreaterThan(CALLS / 10_000);
    },
    minutes(6, 100),
  );

  it.each(keptSeeds('histories'))('C.19 seed $seed, which once failed: $law', async ({ seed }) => {
    const { problems } = await oneRound(seed, ROUND);
    expect(problems).toEqual([]);
  });
});
