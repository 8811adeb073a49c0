/**
 * One of several processes that change, remove and reset one session as fast as they can. Tells
 * every revision that it was given, and everything that it was not prepared for.
 */
import process from 'node:process';
import { openStore } from 'holdfast';
import { leave, say } from './parent.js';

const [directory, key, seed, times, ends] = process.argv.slice(2);
let state = Number(seed) >>> 0;
/** A whole number below `max`. */
function below(max) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * max);
}
const store = await openStore(directory, { onWarning: (warning) => say('warning', warning) });
const session = store.session(key);
const given = [];
const increment = (entry) => ({ n: (entry.n ?? 0) + 1, text: 'x'.repeat(below(2_000)) });
const keep = ({ sessionId, rev }) => given.push(ends === 'remove' ? `${sessionId} ${rev}` : rev);

async function turn() {
  try {
    await session.turn(async (running) => keep(await running.update(increment)), { waitMs: 200 });
  } catch (error) {
    if (!['SESSION_BUSY', 'TURN_LOST'].includes(error.code)) throw error;
  }
}

const things = [
  async () => keep(await session.update(increment)),
  async () => keep(await session.update(increment)),
  () => session.append({ type: 'note' }),
  turn,
  async () => (ends === 'remove' ? session.remove() : keep(await session.reset())),
];
say('ready');
await new Promise((resolve) => process.once('message', resolve));
for (let n = 0; n < Number(times); n += 1) {
  await things[below(things.length)]().catch((error) => say('failed', error.stack));
}
await store.close();
say('given', given);
leave();
