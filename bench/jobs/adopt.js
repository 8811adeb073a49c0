import { watchLoop } from '../load/loop-watch.js';
import { residentMax } from '../load/process-figures.js';

/** Takes over a state directory in a new process, the modules being loaded already. */
export async function run({ dir, sessions }, { ready }) {
  const { adoptStateDir } = await import('../../dist/openclaw/index.js');
  await ready();
  const loop = watchLoop();
  const begin = performance.now();
  const { adopted, refused } = await adoptStateDir(dir);
  const ms = performance.now() - begin;
  if (adopted !== sessions || refused.length > 0) throw new Error(`${adopted} of ${sessions}`);
  return { ms, residentBytes: residentMax(), blockMs: await loop.longestMs() };
}
