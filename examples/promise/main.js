/**
 * The promise, on real input: what happens in one session never costs another session anything.
 *
 * Three processes work on the sessions of an OpenClaw state directory. One holds a turn for ten
 * seconds; one is killed in the middle and started again. At the end a fresh process counts.
 */
import { fork } from 'node:child_process';
import { cpSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { adoptStateDir } from 'holdfast/openclaw';
import { Board, closingLines, seconds } from './board.js';
import { readOptions } from './options.js';
import { placeOf } from './place.js';
import { Processes } from './processes.js';
import { Tally } from './tally.js';

const SAMPLE = fileURLToPath(new URL('../openclaw/state-dir', import.meta.url));
const CHECK = fileURLToPath(new URL('check.js', import.meta.url));

const options = readOptions();
const { directory } = options;
const runMs = options.seconds * 1_000;
const longTurnMs = Math.min(10_000, runMs / 2);

const stopping = new AbortController();
process.on('SIGINT', () => {
  if (stopping.signal.aborted) process.exit(130);
  stopping.abort();
});

cpSync(SAMPLE, directory, { recursive: true });
const { adopted } = await adoptStateDir(directory);
console.log(
  `${adopted} sessions of a state directory of OpenClaw 2026.7.1, taken over in place in`,
);
console.log(`${directory}\n`);
const place = await placeOf(options.store, directory);
if (!place.stays) console.log(`They were copied into ${place.words}.\n`);

const tally = new Tally();
const processes = new Processes(place.location, (channel, message) => tally.take(channel, message));
const board = new Board(tally, (channel) => processes.pid(channel));
await Promise.all([
  processes.start('slack', longTurnMs),
  processes.start('telegram'),
  processes.start('cron'),
]);
const began = performance.now();
const drawing = setInterval(() => board.draw(performance.now() - began), 1_000);
const pauses = monitorEventLoopDelay({ resolution: 1 });
pauses.enable();
await until(0.4 * runMs);
if (!stopping.signal.aborted) await killAndStartAgain();
await until(runMs);
clearInterval(drawing);
tally.longestPause = pauses.max / 1e6;
board.draw(performance.now() - began);
console.log(
  `\n${stopping.signal.aborted ? 'Stopped early' : 'Done'}. A fresh process looks at what is there.\n`,
);
await processes.stop();

const found = await lookAfresh();
for (const line of closingLines(tally, found)) console.log(line);
for (const failure of processes.failures) console.error(failure);
await place.close();
if (place.stays) {
  console.log(`
The store lies in ${directory}. Try next:
  npx holdfast ls --store ${directory}
  npx holdfast tail c003a29c -n 20 --store ${directory}
  npx holdfast show telegram:direct:555001 --store ${directory}
  npx holdfast verify --store ${directory}`);
} else {
  console.log(`
The server has ended. With one of your own, try next:
  npx holdfast copy ${directory} postgres://user@host/database
  npx holdfast ls --store postgres://user@host/database`);
}
const good = found.lostUpdates + found.lostRecords + found.twice + found.torn.length === 0;
process.exitCode = good && processes.failures.length === 0 ? 0 : 1;

/** Waits for a moment of the run, or for Ctrl-C. @param {number} ms */
async function until(ms) {
  const left = ms - (performance.now() - began);
  await pause(Math.max(0, left), undefined, { signal: stopping.signal }).catch(() => {
    // Ctrl-C ends the wait; whoever waited asks the signal.
  });
}

async function killAndStartAgain() {
  const pid = processes.pid('telegram');
  await processes.kill('telegram');
  const killed = `telegram (pid ${pid}): SIGKILL at ${seconds(performance.now() - began)}`;
  board.tell(killed);
  await until(0.4 * runMs + Math.min(1_000, runMs / 10));
  if (stopping.signal.aborted) return;
  await processes.start('telegram');
  board.tell(`${killed}, back at ${seconds(performance.now() - began)}`);
}

/** @returns {Promise<import('./check.js').Findings>} */
function lookAfresh() {
  return new Promise((resolve, reject) => {
    const child = fork(CHECK);
    child.once('message', (message) => resolve(/** @type {any} */ (message)));
    child.once('exit', (code) => reject(new Error(`The check ended with code ${code}.`)));
    child.send({ directory: place.location, updates: tally.updates, records: tally.records });
  });
}
