import { median } from '../harness/statistics.js';
import { SYSTEMS } from '../systems/index.js';

const PAGES = 40;

/** The newest hundred sessions, again and again: the median in milliseconds. */
export async function run({ system, dir }, { ready }) {
  const opened = await SYSTEMS[system].open(dir);
  await opened.page(100);
  await ready();
  const times = [];
  for (let i = 0; i < PAGES; i++) {
    const began = performance.now();
    await opened.page(100);
    times.push(performance.now() - began);
  }
  await opened.close();
  return { ms: median(times) };
}
