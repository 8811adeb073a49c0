/** The built package on file systems of other kinds, with the same processes on each. */
import { describe, expect } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { itWith } from '../frame/needs.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { contest, everyVerb, mountReport, suite } from './lane.ts';
import { thisNode } from './machine.ts';
import { mounted, VOLUMES } from './mounts.ts';

/** Each nth case of the suite; all of them in the long form. */
const NTH = size(12, 1);

describe.each(VOLUMES)('on $name', (volume) => {
  itWith(volume.needs)(
    'C.16 R11.2 every verb, the suite, and a contest with kills: nothing acknowledged is lost',
    async () => {
      const { seed } = beginRun('lanes', volume.name);
      const began = performance.now();
      const places = mounted(volume);
      const report = await mountReport(thisNode, places);
      expect(report.store).toBe(true);
      const verbs = await everyVerb(thisNode, places);
      const cases = await suite(thisNode, places, NTH);
      const { acknowledged, lost, doubled, killed } = await contest(thisNode, places, size(2, 40));
      keepFigure('lanes', {
        what: `${volume.name}: ${verbs} verbs, ${cases} cases, acknowledged writes with ${killed} kills`,
        count: acknowledged,
        found: { lost, doubled },
        seconds: (performance.now() - began) / 1_000,
        seed,
      });
      expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    },
    minutes(2, 15),
  );
});
