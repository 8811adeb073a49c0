/**
 * A process that reads one session again and again until it has seen `times` different numbers in
 * its entry, now with a store that it keeps, now with one that it has just opened, and tells what
 * was not whole.
 */
import process from 'node:process';
import { setImmediate as breathe } from 'node:timers/promises';
import { openStore } from 'holdfast';
import { leave, say } from './parent.js';

const [directory, key, times] = process.argv.slice(2);
const kept = await openStore(directory);
const wrong = [];
const seen = new Set();
let latest = 0;
say('ready');
for (let reads = 1; seen.size < Number(times); reads += 1) {
  const fresh = reads % 20 === 0 ? await openStore(directory) : undefined;
  const state = await (fresh ?? kept).session(key).read();
  await fresh?.close();
  const { n, text } = state?.entry ?? {};
  if (text !== `${n}:`.repeat(400)) wrong.push({ n, text: String(text).slice(0, 80) });
  if (!(n >= latest)) wrong.push({ n, after: latest });
  latest = n;
  seen.add(n);
  if (reads % 10 === 0) await breathe();
}
await kept.close();
say('read', wrong);
leave();
