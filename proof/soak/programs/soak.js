/**
 * Works on many sessions for long and counts, again and again at the same point of its work, what a
 * process may hold: heap after a collection, descriptors, timers and other handles, threads. Prints
 * the counts. A process of its own, started with --expose-gc.
 *
 *     node --expose-gc soak.js <directory> <operations> <sessions> <seed> [leak]
 *
 * `leak`: holds on to a little of each operation, so that the proof can be seen to notice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { openStore } from 'holdfast';

const [directory, operations, sessions, seed, leak] = process.argv.slice(2);
const COUNT = Number(operations);
const POINTS = 16;
let state = Number(seed) >>> 0;
const below = (max) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * max);
};
const key = (n) => `agent:main:slack:channel:c${n}`;
const note = { type: 'note', text: 'said' };
const held = [];
const points = [];
let warnings = 0;

async function open() {
  return await openStore(directory, { onWarning: () => (warnings += 1), openFilesMax: 64 });
}

async function count(done) {
  // What is closed a moment later, and what waits for a collection to be collected at all.
  for (let n = 0; n < 3; n++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.gc();
  }
  const status = readFileSync('/proc/self/status', 'latin1');
  points.push({
    done,
    heap: process.memoryUsage().heapUsed,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().filter((name) => name !== 'CloseReq').length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)[1]),
    rss: process.memoryUsage().rss,
  });
}

/** One operation of any kind; those that make files are rare, as they are in life. */
async function operate(store, n) {
  const session = store.session(key(below(Number(sessions))));
  const what = below(1_000);
  if (what < 600) await session.update({ n, text: 'x'.repeat(below(200)) });
  else if (what < 850) await session.append(note);
  else if (what < 960) await session.read();
  else if (what < 980) await session.turn((turn) => turn.update({ n }));
  else if (what < 990) await lookBack(session);
  else if (what < 994) await session.reset();
  else if (what < 997) await session.remove();
  else if (what < 999) for await (const _ of store.list({ limit: 10 })) break;
  else await watchOnce(store, session);
  if (leak) held.push({ n, text: `${n}`.padEnd(40, 'x') });
}

async function lookBack(session) {
  // It may have been removed a moment ago.
  if ((await session.read()) === undefined) return;
  for await (const _ of session.transcript({ last: 3 })) break;
}

async function watchOnce(store, session) {
  const stop = new AbortController();
  const changes = store.watch({ signal: stop.signal })[Symbol.asyncIterator]();
  const first = changes.next();
  await session.update({ watched: below(1_000_000) });
  await first;
  stop.abort();
  await changes.return?.();
}

let store = await open();
// Every session is there from the beginning, and every way was gone once, before anything is counted.
const WARM = Math.max(2_000, Math.floor(COUNT / 8));
for (let n = 0; n < Number(sessions); n++) await store.session(key(n)).update({ n });
for (let n = 0; n < WARM; n++) await operate(store, n);
const began = performance.now();
for (let point = 0; point < POINTS; point++) {
  for (let n = 0; n < COUNT / POINTS; n++) await operate(store, n);
  // Opened anew each time, so that what an opened store remembers is the same at each point.
  await store.close();
  await count(Math.floor(((point + 1) * COUNT) / POINTS));
  store = await open();
}
const seconds = (performance.now() - began) / 1_000;
const { ok } = await store.verify();
await store.close();
await count(COUNT);
process.stdout.write(JSON.stringify({ points, seconds, ok, warnings, held: held.length }));
