/**
 * The protocols of the files back end in every order of their calls.
 *
 * Covered: two and three processes, each in any state of warmth that its scenario names, every
 * order in which their file-system and lock calls can take effect, and the death of one of them
 * between any two calls where the scenario says so. The processes are the real back end over a disk in
 * memory (`shared-disk.ts`); orders that come to the same point go on as one (`explore.ts`).
 *
 * Checked at every call: whoever writes a log, a transcript or an archive holds the lock that lies in
 * the same directory, in its place, and no log begins beside one that still counts. Checked at every
 * end: answers and what is there afterwards are those of the memory back end in some order that
 * agrees with what was over when (`one-at-a-time.ts`); one active log; nothing left over; the next
 * commit counts. Heavy scenarios are bounded in the short form: at most so many switches away from a
 * process that could go on.
 *
 * Not covered: calls that take effect in part, reordered by a power loss, or fail: other proofs do.
 */
import { describe, expect, it } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { minutes, size } from '../frame/size.ts';
import { exploreScenario, type Scenario } from './scenario.ts';
import { FOLD, LISTING, LOCK, REMOVE, RESET, TURNS } from './scenarios.ts';

const SWITCHES = size(1, Number.POSITIVE_INFINITY);
const NODES = size(200_000, 300_000);

async function proved(what: string, scenarios: readonly Scenario[]): Promise<void> {
  const began = performance.now();
  let calls = 0;
  const cut: string[] = [];
  for (const scenario of scenarios) {
    const bound = scenario.heavy && Number.isFinite(SWITCHES) ? { switchesMax: SWITCHES } : {};
    const found = await exploreScenario({ nodesMax: NODES, ...scenario, ...bound });
    calls += found.nodes;
    if (!found.whole && !found.wrong) cut.push(scenario.name);
    const order = found.wrong?.order.slice(-60).join('\n');
    expect(found.wrong?.what, `${scenario.name}, after these calls:\n${order}`).toBeUndefined();
  }
  const seconds = (performance.now() - began) / 1_000;
  if (cut.length > 0) console.log(`cut off at ${NODES} points: ${cut.join('; ')}`);
  keepFigure('interleavings', {
    what: `points, ${what}`,
    count: calls,
    found: { violations: 0, 'scenarios cut off': cut.length },
    seconds,
  });
}

describe('every order of calls', () => {
  it.each([
    ['R11.5 no two hold the lock, and no commit is lost', 'the lock', LOCK],
    ['a fold loses nothing and leaves one log', 'folds', FOLD],
    ['a removed session stays removed, and a new one is whole', 'removals', REMOVE],
    ['a reset and a restore are one step', 'resets', RESET],
    ['R11.8 a turn that was overtaken writes nothing more', 'turns', TURNS],
    ['R7.3 listings and watchers miss nothing', 'listings', LISTING],
  ] as const)('%s', (_, what, scenarios) => proved(what, scenarios), minutes(2, 20));
});
