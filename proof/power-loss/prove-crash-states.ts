import { expect, it } from 'vitest';
import { keptSeeds } from '../frame/corpus.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { size } from '../frame/size.ts';
import type { Durability } from './recorded-run.ts';
import { search } from './search.ts';

const OPERATIONS_MAX = size(2, 3);
const STATES = size(25_000, 2_500_000);
/** On a machine that is busy with something else the rest is left out, and said so. */
const SECONDS_MAX = size(100, 2_700);

/** The proof of one durability, so that the two run side by side. */
export function proveCrashStates(title: string, durability: Durability, timeoutMs: number): void {
  const proof = `crash-states-${durability}`;
  const kept = keptSeeds(proof).map(({ seed }) => seed);
  it.each([...kept, undefined])(
    `${title} (seed %s)`,
    async (again) => {
      const { seed } = beginRun('power-loss', `crash states with ${durability}`, again);
      const began = performance.now();
      const { broken, ...counts } = await search(
        durability,
        OPERATIONS_MAX,
        STATES,
        seed,
        SECONDS_MAX,
      );
      const seconds = (performance.now() - began) / 1_000;
      const { states, deaths, sequences, whole, told, late } = counts;
      console.log(
        `power-loss: ${sequences} sequences of at most ${OPERATIONS_MAX} operations with ${durability}; all states of ${whole} of them, of the others a part by chance${late > 0 ? `; time was up before ${late} more` : ''}`,
      );
      const found = { lost: broken.length, 'first lines told as damage': told };
      const what = `virtual crash states with ${durability}`;
      keepFigure(proof, { what, count: states, found, seconds, seed });
      keepFigure(proof, {
        what: `virtual deaths with ${durability}`,
        count: deaths,
        found: { lost: broken.length },
        seconds,
        seed,
      });
      expect(broken).toEqual([]);
    },
    timeoutMs,
  );
}
