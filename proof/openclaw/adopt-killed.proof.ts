/** An adoption that is killed at any moment, again and again, is completed by the next run. */
import { fileURLToPath } from 'node:url';
import { adoptStateDir } from 'holdfast/openclaw';
import { expect, it } from 'vitest';
import { foreignFiles, sampleCopy } from '../../test/openclaw/state-copy.ts';
import { keepFigure } from '../frame/figures.ts';
import { ProofChild } from '../frame/proof-child.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { contentsOf } from './contents.ts';

const PROGRAM = fileURLToPath(new URL('programs/adopts.js', import.meta.url));
const KILLS = size(20, 400);

/** Starts an adoption and kills it after so many milliseconds; whether it was still at work. */
async function killedAfter(directory: string, ms: number): Promise<boolean> {
  const child = new ProofChild(PROGRAM, { directory }, { lifeMsMax: 60_000 });
  await child.says('ready');
  await new Promise((resolve) => setTimeout(resolve, ms));
  const atWork = !child.over;
  child.kill();
  await child.ended;
  return atWork;
}

it(
  `C.14 an adoption that is killed ${KILLS} times at random is completed by the next run`,
  async () => {
    const { seed, chance } = beginRun('openclaw', 'adoptions that are killed');
    const began = performance.now();
    const whole = sampleCopy();
    const before = foreignFiles(whole);
    const started = performance.now();
    await adoptStateDir(whole);
    const took = performance.now() - started;
    const wanted = await contentsOf(whole);
    let kills = 0;
    let rounds = 0;
    while (kills < KILLS) {
      const root = sampleCopy();
      for (let times = 1 + chance.below(4); times > 0 && kills < KILLS; times -= 1) {
        if (await killedAfter(root, chance.next() * took)) kills += 1;
      }
      const report = await adoptStateDir(root);
      expect(report.refused, `seed ${seed}`).toEqual([]);
      expect(await contentsOf(root), `seed ${seed}, ${root}`).toEqual(wanted);
      expect(foreignFiles(root)).toEqual(before);
      expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, recovered: 0 });
      rounds += 1;
    }
    const found = { lost: 0, 'twice there': 0, 'changed files': 0 };
    const seconds = (performance.now() - began) / 1_000;
    keepFigure('openclaw', { what: 'killed adoptions', count: kills, found, seconds, seed });
    expect(rounds).toBeGreaterThan(KILLS / 5);
  },
  minutes(5, 40),
);
