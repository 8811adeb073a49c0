/**
 * Everything in a process that waits, under schedules that fast-check makes up: which asynchronous
 * call and which timer of up to four stores comes next is its choice, and a choice that fails is
 * printed, shrunk, with the seed and the path that make it again.
 */
import fc, { type Scheduler } from 'fast-check';
import { describe, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import {
  closeLaw,
  journalLaw,
  poolLaw,
  queueLaw,
  type Scene,
  savedListLaw,
  scene,
  syncLaw,
  turnLaw,
  watchLaw,
} from './schedules.ts';

type Law = (scheduler: Scheduler, draw: number) => Promise<void>;
const on =
  (law: (scene: Scene) => Promise<void>): Law =>
  (scheduler) =>
    law(scene(scheduler));

async function holds(what: string, law: Law, shortRuns: number): Promise<void> {
  const { seed } = beginRun('schedules', what);
  const path = process.env.PROOF_PATH;
  const began = performance.now();
  let runs = 0;
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.nat({ max: 24 }),
    async (scheduler, draw) => {
      runs += 1;
      await law(scheduler, draw);
    },
  );
  await fc.assert(property, {
    seed,
    numRuns: size(shortRuns, 125_000),
    interruptAfterTimeLimit: size(60, 40) * 1_000,
    ...(path !== undefined && { path, endOnFailure: true }),
  });
  const seconds = (performance.now() - began) / 1_000;
  keepFigure('schedules', {
    what: `schedules, ${what}`,
    count: runs,
    found: { violations: 0 },
    seconds,
    seed,
  });
}

describe('whatever comes first', () => {
  it.each<[string, string, number, Law]>([
    ['R2.6 the queue of a session serves in order and loses nothing', 'queue', 400, on(queueLaw)],
    ['turns of two processes take place one at a time', 'turns', 400, on(turnLaw)],
    ['a watcher hears of the last state of everything', 'watch', 300, on(watchLaw)],
    ['R1.10 what was accepted before a close is there', 'close', 400, on(closeLaw)],
    [
      'R4.8 with power nothing is acknowledged unsynced',
      'syncs',
      300,
      (s, draw) => syncLaw(s, draw + 1),
    ],
    ['descriptors are closed under nobody who uses them', 'descriptors', 60, on(poolLaw)],
    ['a journal that turns over is read to its end', 'journal', 20, on(journalLaw)],
    ['a list that is saved meanwhile hides nothing', 'saved list', 120, on(savedListLaw)],
  ])('%s', (_, what, runs, law) => holds(what, law, runs), minutes(2, 3));
});
