import { mkdirSync } from 'node:fs';
import { entryOf, fatEntryOf, keyOf } from '../load/sample-entry.js';
import { SYSTEMS } from '../systems/index.js';

const SLICE = 5_000;

/** Makes the sessions that the other jobs then work on. */
export async function run({ system, dir, sessions, fat }, { ready }) {
  await ready();
  mkdirSync(dir, { recursive: true });
  const opened = await SYSTEMS[system].open(dir);
  for (let from = 0; from < sessions; from += SLICE) {
    const pairs = [];
    for (let i = from; i < Math.min(sessions, from + SLICE); i++) {
      pairs.push([keyOf(i), fat ? fatEntryOf(i) : entryOf(i)]);
    }
    await opened.createMany(pairs);
  }
  await opened.close();
}
