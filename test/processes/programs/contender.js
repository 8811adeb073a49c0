/**
 * One of several processes that want the same thing at the same time. Each writes into one witness
 * file, by appends that the kernel keeps apart, when it is inside and when it leaves.
 *
 *     turns     turns of the session, as fast as they come
 *     commits   functions of updates, which run inside the session's lock
 *     rounds    turns, each held until all others wait visibly for the next one
 */
import { openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { openStore } from 'holdfast';
import { leave, say } from './parent.js';

const [directory, key, witness, what, times, processes] = process.argv.slice(2);
const fd = openSync(witness, 'a');
const note = (word) => writeSync(fd, `${word} ${process.pid}\n`);
const store = await openStore(directory, { lockWaitMs: 60_000 });
const session = store.session(key);
const increment = (entry) => ({ n: (entry.n ?? 0) + 1 });

function othersThatWait() {
  const sessions = join(directory, 'agents/main/sessions/sessions.d');
  const [folder] = readdirSync(sessions);
  return readdirSync(join(sessions, folder)).filter((name) => name.startsWith('turn.wait.')).length;
}

function othersThatCompete() {
  const done = readFileSync(witness, 'utf8').match(/^done /gm) ?? [];
  return Number(processes) - 1 - done.length;
}

const things = {
  turns: () =>
    session.turn(async (turn) => {
      note('in');
      await turn.update(increment);
      note('out');
    }),
  commits: () =>
    session.update((entry) => {
      note('in');
      const next = increment(entry);
      note('out');
      return next;
    }),
  rounds: () =>
    session.turn(async () => {
      note('in');
      while (othersThatWait() < othersThatCompete()) await pause(1);
      note('out');
    }),
};

say('ready');
await new Promise((resolve) => process.once('message', resolve));
for (let n = 0; n < Number(times); n += 1) await things[what]();
note('done');
await store.close();
leave();
