/**
 * One of the three processes: `gateway.js <directory> <channel> <milliseconds of the long turn>`.
 *
 * It tells its parent of each write after the store has acknowledged it, and only then. Nothing in
 * here knows of the other processes: the store alone keeps them apart.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from 'holdfast';
import { channelOf, counterOf } from './channels.js';

const [directory = '', name = '', longTurn = '0'] = process.argv.slice(2);
const channel = /** @type {import('./channels.js').Channel} */ (name);
const counter = counterOf(channel);
const stopping = new AbortController();
// Every session of this process waits for the same word.
setMaxListeners(0, stopping.signal);

process.on('message', () => stopping.abort());
const orphaned = () => process.exit(1);
process.on('disconnect', orphaned);
// Ctrl-C reaches every process of the terminal; the parent says when to stop.
process.on('SIGINT', () => undefined);

const store = await openStore(directory, { durability: 'process' });
/** @type {string[]} */
const own = [];
/** @type {string[]} */
const others = [];
for await (const { key } of store.list({ order: 'key' })) {
  (channelOf(key) === channel ? own : others).push(key);
}
tell({ kind: 'ready', sessions: own.length });

const work = own.flatMap((key, n) => [metadata(key, n), conversation(key, n)]);
if (channel === 'cron') work.push(notices());
const longKey = own.find((key) => key.includes(':slack:channel:'));
if (longKey !== undefined && Number(longTurn) > 0) work.push(longReply(longKey, Number(longTurn)));
await Promise.all(work);
await store.close();
process.off('disconnect', orphaned);
process.disconnect?.();

/** Small changes, again and again, as every message makes them. @param {string} key @param {number} n */
async function metadata(key, n) {
  for (let round = n; await going(5 + (round % 7)); round += 1) await count(key);
}

/** Turns as users cause them: a message, a model that takes its time, an answer. @param {string} key @param {number} n */
async function conversation(key, n) {
  while (await going(300 + 40 * (n % 9))) {
    await store.session(key).turn(
      async (turn) => {
        tell({ kind: 'turn', key, cutOff: turn.previous?.ended === 'cut-off' });
        await say((record) => turn.append(record), key, 'user', 'How is it going?');
        await going(200 + 30 * (n % 9));
        await say((record) => turn.append(record), key, 'assistant', 'Nothing was lost so far.');
      },
      { label: 'reply' },
    );
  }
}

/** The cron process also writes into sessions that the gateways hold, in the middle of their turns. */
async function notices() {
  for (let round = 0; await going(10); round += 1) {
    const key = /** @type {string} */ (others[round % others.length]);
    await count(key);
    if (round % 5 === 0) {
      await say((record) => store.session(key).append(record), key, 'assistant', 'A notice.');
    }
  }
}

/** One turn that is in nobody's way, however long it takes. @param {string} key @param {number} ms */
async function longReply(key, ms) {
  await going(500);
  await store.session(key).turn(
    async (turn) => {
      tell({ kind: 'long', key, running: true });
      await say((record) => turn.append(record), key, 'user', 'Think about it.');
      await going(ms);
      await say((record) => turn.append(record), key, 'assistant', 'I have.');
    },
    { label: 'a long reply' },
  );
  tell({ kind: 'long', key, running: false });
}

/** @param {string} key */
async function count(key) {
  const began = performance.now();
  await store.session(key).update((entry) => ({ [counter]: (entry[counter] ?? 0) + 1 }));
  tell({ kind: 'update', key, ms: performance.now() - began });
}

/**
 * @param {(record: import('holdfast').NewRecord) => Promise<import('holdfast').TranscriptRecord>} append
 * @param {string} key @param {string} role @param {string} content
 */
async function say(append, key, role, content) {
  const { id } = await append({ type: 'message', message: { role, content } });
  tell({ kind: 'record', key, id });
}

/** Waits; whether to go on afterwards. @param {number} ms */
async function going(ms) {
  await pause(ms, undefined, { signal: stopping.signal }).catch(() => {
    // The wait was ended by the parent's word, which the next line reports.
  });
  return !stopping.signal.aborted;
}

/** @param {object} message */
function tell(message) {
  process.send?.(message);
}
