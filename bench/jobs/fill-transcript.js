import { recordOf } from '../load/sample-record.js';
import { SYSTEMS } from '../systems/index.js';

/** Records of the size of a long tool result make the bulk; the end is ordinary messages. */
const BULK_BYTES = 100_000;
const MESSAGES = 2_000;

/** Makes the transcript of one session, so many megabytes long. */
export async function run({ system, dir, key, megabytes }, { ready }) {
  await ready();
  const opened = await SYSTEMS[system].open(dir);
  const session = opened.session(key);
  const bulk = megabytes * 1e6 - MESSAGES * 300;
  for (let i = 0; i < bulk / BULK_BYTES; i++) await session.append(recordOf(i, BULK_BYTES));
  for (let i = 0; i < MESSAGES; i++) await session.append(recordOf(i));
  await opened.close();
}
