/** The built package on other releases of Node, in pid namespaces, and on Windows. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { keepFigure } from '../frame/figures.ts';
import { itWith } from '../frame/needs.ts';
import { beginRun } from '../frame/run-facts.ts';
import { minutes, size } from '../frame/size.ts';
import { contest, everyVerb, mountReport, type Places, suite } from './lane.ts';
import { type Machine, namespaced, nodeOf, prepareWindows, windows } from './machine.ts';
import { temporaryPlace } from './mounts.ts';

function places(): Places {
  const place = temporaryPlace();
  const [store, results] = ['store', 'results'].map((name) => join(place, name));
  for (const path of [store, results]) mkdirSync(path as string);
  return { store: store as string, results: results as string };
}

interface Lane {
  /** Each nth case of the suite; 0 for none. */
  nth: number;
  /** Processes killed in the middle of their work. */
  kills: number;
}

async function run(machine: Machine, { nth, kills }: Lane): Promise<void> {
  const { seed } = beginRun('lanes', machine.name);
  const began = performance.now();
  const at = places();
  const report = await mountReport(machine, at);
  expect(report.store).toBe(true);
  const verbs = await everyVerb(machine, at);
  const cases = nth === 0 ? 0 : await suite(machine, at, nth);
  const { acknowledged, lost, doubled } = await contest(machine, at, kills);
  keepFigure('lanes', {
    what: `${machine.name}: ${verbs} verbs, ${cases} cases, acknowledged writes with ${kills} kills`,
    count: acknowledged,
    found: { lost, doubled },
    seconds: (performance.now() - began) / 1_000,
    seed,
  });
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
}

for (const release of [20, 22, 24] as const) {
  itWith(['linux'])(
    `C.16 Node ${release}: every verb, the suite, and a contest with kills`,
    () => run(nodeOf(release), { nth: size(12, 1), kills: size(1, 40) }),
    minutes(2, 15),
  );
}

itWith(['root', 'unshare'])(
  'R11.2 R11.3 two containers with equal pids on one store: a dead lock is free, a live one is never taken',
  () => run(namespaced, { nth: 0, kills: size(3, 60) }),
  minutes(2, 15),
);

for (const release of [20, 22] as const) {
  // One release in the short form: a start takes a second there, and every call a hundred times longer.
  if (release !== 20 && size(0, 1) === 0) continue;
  itWith(['linux', 'wine'])(
    `C.16 R4.1 R11.2 Windows with Node ${release}: every verb, a reader in the way of every rename, and a process killed`,
    async () => {
      const machine = windows(release);
      const end = prepareWindows(machine);
      try {
        await run(machine, { nth: size(40, 1), kills: size(1, 10) });
      } finally {
        end();
      }
    },
    minutes(4, 30),
  );
}
