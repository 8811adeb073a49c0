import { mkdirSync } from 'node:fs';
import { entryOf, fatEntryOf, keyOf } from '../load/sample-entry.js';
import { SYSTEMS } from '../systems/index.js';

const SLICE = 5_000;

/** Makes the sessions `from` to `to` that the other jobs then work on. */
export async function run({ system, dir, from, to, fat }, { ready }) {
  await ready();
  if (SYSTEMS[system].place === undefined) mkdirSync(dir, { recursive: true });
  const opened = await SYSTEMS[system].open(dir);
  for (let first = from; first < to; first += SLICE) {
    const pairs = [];
    for (let i = first; i < Math.min(to, first + SLICE); i++) {
      pairs.push([keyOf(i), fat ? fatEntryOf(i) : entryOf(i)]);
    }
    await opened.createMany(pairs);
  }
  await opened.close();
}
