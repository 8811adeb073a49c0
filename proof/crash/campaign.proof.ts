import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltChild, buildChild } from '../frame/build-child.ts';
import { keptSeeds } from '../frame/corpus.ts';
import { keepFigure } from '../frame/figures.ts';
import { quickPlace } from '../frame/quick-place.ts';
import { beginRun } from '../frame/run-facts.ts';
import { isLong, minutes, size } from '../frame/size.ts';
import { type Round, runRound } from './campaign.ts';

const KILLS = size(200, 10_000);
const KILLS_A_ROUND = size(50, 100);
const SECONDS_MAX = size(200, 5_400);

const built: BuiltChild[] = [];
let programs = { writer: '', checker: '' };
beforeAll(async () => {
  for (const name of ['writer', 'checker']) {
    built.push(await buildChild(new URL(`programs/${name}.ts`, import.meta.url)));
  }
  const [writer, checker] = built.map(({ path }) => path) as [string, string];
  programs = { writer, checker };
});
afterAll(() => {
  for (const program of built) program.remove();
});

/** What was found goes into the message, with the place where everything was kept. */
function expectClean({ problems, directory }: Round, seed: number): void {
  expect(problems, `seed ${seed}, store and notes kept in ${directory}`).toEqual([]);
}

describe('writers that are killed', () => {
  it(
    `C.14 ${KILLS} times at random lose nothing, tear nothing, double nothing`,
    async () => {
      const { seed, chance } = beginRun('crash', 'writers that are killed');
      const began = performance.now();
      const all = { kills: 0, acknowledged: 0, folds: 0, planted: 0 };
      let rounds = 0;
      const seconds = () => (performance.now() - began) / 1_000;
      while (all.kills < KILLS && seconds() < SECONDS_MAX) {
        const writers = isLong ? chance.pick([2, 4, 4, 8]) : 4;
        const roundSeed = chance.below(2 ** 31);
        const kills = Math.min(KILLS_A_ROUND, KILLS - all.kills);
        // Some on the disk, where a sync takes its time; most where more writers die in a minute.
        const place = rounds++ % 4 === 0 ? tmpdir() : quickPlace();
        const round = await runRound(programs, roundSeed, { writers, kills, place });
        expectClean(round, seed);
        for (const what of Object.keys(all) as (keyof typeof all)[]) all[what] += round[what];
        if (isLong) console.log(`${seconds().toFixed(0)} s: ${JSON.stringify(all)}`);
      }
      const found = { lost: 0, torn: 0, doubled: 0, 'repairs by hand': 0 };
      keepFigure('crash', { what: 'SIGKILLs', count: all.kills, found, seconds: seconds(), seed });
      console.log(`crash: ${JSON.stringify(all)}`);
      expect(all.kills).toBeGreaterThanOrEqual(KILLS);
      // A campaign in which nobody works, or in which no log is ever folded, proves nothing.
      expect(all.acknowledged).toBeGreaterThan(KILLS * 10);
      expect(all.folds).toBeGreaterThan(KILLS / 20);
    },
    minutes(6, 100),
  );

  it.each(keptSeeds('crash'))('C.14 seed $seed, which once failed: $law', async ({ seed }) => {
    const round = await runRound(programs, seed, { writers: 4, kills: 50, place: quickPlace() });
    expectClean(round, seed);
    rmSync(round.directory, { recursive: true, force: true });
  });
});
