import { keysOf } from '../load/sample-entry.js';
import { SYSTEMS } from '../systems/index.js';

/** What a fresh process finds: the sum of all counters, or the number of transcript records. */
export async function run({ system, dir, sessions, of }, { ready }) {
  await ready();
  const opened = await SYSTEMS[system].open(dir);
  const keys = keysOf(sessions);
  const count = of === 'records' ? opened.countRecords(keys) : opened.countUpdates(keys);
  const found = await count;
  await opened.close();
  return found;
}
