import { watchLoop } from '../load/loop-watch.js';
import { SYSTEMS } from '../systems/index.js';

/** Removes one session when the others begin. */
export async function run({ system, dir, key }, { ready }) {
  const opened = await SYSTEMS[system].open(dir);
  await ready();
  const loop = watchLoop();
  const removed = await opened.remove(key);
  if (!removed) throw new Error(`there was no session ${key} to remove`);
  await opened.close();
  return { blockMs: await loop.longestMs() };
}
