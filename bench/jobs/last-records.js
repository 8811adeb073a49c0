import { median } from '../harness/statistics.js';
import { watchLoop } from '../load/loop-watch.js';
import { SYSTEMS } from '../systems/index.js';

const AGAIN = 20;

/** The last records of a transcript, the first time in a new process and then again. */
export async function run({ system, dir, key, count }, { ready }) {
  const opened = await SYSTEMS[system].open(dir);
  await ready();
  const loop = watchLoop();
  const times = [];
  for (let i = 0; i <= AGAIN; i++) {
    const begin = performance.now();
    const found = await opened.last(key, count);
    times.push(performance.now() - begin);
    if (found !== count) throw new Error(`${found} records instead of the last ${count}`);
  }
  const blockMs = await loop.longestMs();
  await opened.close();
  return { firstMs: times[0], againMs: median(times.slice(1)), blockMs };
}
