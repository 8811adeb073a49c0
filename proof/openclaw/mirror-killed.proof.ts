/** Writers of a mirror that are killed at any moment are succeeded by the next ones. */
import { expect, it } from 'vitest';
import { adoptAt } from '../../test/openclaw/adopt-at.ts';
import { killWriters } from '../../test/openclaw/kill-writers.ts';
import { sampleCopy } from '../../test/openclaw/state-copy.ts';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';

const KILLS = size(20, 200);

it(
  `C.14 writers of a mirror that are killed ${KILLS} times are succeeded by the next ones`,
  async () => {
    const { seed, chance } = beginRun('openclaw', 'writers of a mirror that are killed');
    const began = performance.now();
    const root = sampleCopy();
    const { store } = await adoptAt(root);
    await store.close();
    const interrupted = await killWriters(root, KILLS, (max) => chance.below(max));
    expect(interrupted, `seed ${seed}`).toBeGreaterThan(0);
    const seconds = (performance.now() - began) / 1_000;
    const found = { 'files that were not whole': 0, 'edits that nobody made': 0 };
    keepFigure('openclaw', { what: 'killed mirrors', count: KILLS, found, seconds, seed });
  },
  minutes(5, 30),
);
