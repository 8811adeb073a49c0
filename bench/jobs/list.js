import { median } from '../harness/statistics.js';
import { watchLoop } from '../load/loop-watch.js';
import { residentMax } from '../load/process-figures.js';
import { changeOf, keyOf } from '../load/sample-entry.js';
import { SYSTEMS } from '../systems/index.js';

const AGAIN = 7;

/**
 * A listing in a new process: from the opening of the store to the last row, the modules being
 * loaded already. Then again, one session having changed each time.
 */
export async function run({ system, dir, sessions, warm }, { ready }) {
  await SYSTEMS[system].load?.();
  await ready();
  const loop = watchLoop();
  const begin = performance.now();
  const opened = await SYSTEMS[system].open(dir);
  const rows = await opened.list();
  const coldMs = performance.now() - begin;
  const residentBytes = residentMax();
  if (rows !== sessions) throw new Error(`${rows} rows instead of ${sessions}`);
  const times = [];
  for (let i = 0; warm && i < AGAIN; i++) {
    await opened.session(keyOf(i)).update(changeOf(i));
    const again = performance.now();
    await opened.list();
    times.push(performance.now() - again);
  }
  const blockMs = await loop.longestMs();
  await opened.close();
  return { coldMs, warmMs: median(times), residentBytes, blockMs, acknowledged: times.length };
}
