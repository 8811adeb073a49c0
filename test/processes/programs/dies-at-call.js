/**
 * A process that does one thing to a session and dies before the n-th call that would change
 * something on the disk; a write counts twice, and the second time half of it is written. Says `acknowledged` when the thing was done before that, and ends in order
 * when it never came so far.
 */
import { constants, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { storeOver } from 'holdfast';
import { isFoldDue } from '../../../dist/backends/files/fold-log.js';
import { openFiles } from '../../../dist/backends/files/open-files.js';
import { realSystem } from '../../../dist/system/system.js';
import { dieAtOnce, leave, say } from './parent.js';

const [directory, key, what, last] = process.argv.slice(2);
const SESSIONS = 'agents/main/sessions/sessions.d';
const TEXT_LENGTH = 8_000;
let armed = false;
let calls = 0;

/** Dying before a call that only looks is the same as dying before the next one that does not. */
function changes(name, given) {
  if (/^open/.test(name)) return (given[1] & constants.O_CREAT) !== 0;
  return /^(write|rename|unlink|rmdir|mkdir|ftruncate|chmod)/.test(name);
}

function isLast(before) {
  calls += 1;
  if (calls !== Number(last)) return;
  before?.();
  dieAtOnce();
}

function writeHalf([fd, data, offset = 0, length = data.length - offset]) {
  realSystem.fs.writeSync(fd, Buffer.from(data), offset, Math.floor(length / 2));
}

const fs = Object.fromEntries(
  Object.entries(realSystem.fs).map(([name, call]) => [
    name,
    (...given) => {
      if (armed && changes(name, given)) isLast();
      if (armed && /^write/.test(name)) isLast(() => writeHalf(given));
      return call(...given);
    },
  ]),
);
const settings = { durability: 'process', instance: 'dies', lockWaitMs: 10_000 };
const more = { openFilesMax: 128, onWarning: () => undefined };
const system = { ...realSystem, fs };
const store = await storeOver(await openFiles(directory, { ...settings, ...more }, system));
const session = store.session(key);

/** Updates until a fold is near; then one after another, some of them while it goes on. */
async function fold() {
  armed = false;
  const own = join(directory, SESSIONS, readdirSync(join(directory, SESSIONS))[0]);
  const update = (n) => session.update({ n, text: `${n % 10}`.repeat(TEXT_LENGTH) });
  let n = 0;
  while (!isFoldDue(statSync(join(own, 'meta.1.jsonl')).size + 3 * TEXT_LENGTH, 200)) {
    await update(n);
    n += 1;
  }
  armed = true;
  const told = async (times) => {
    for (const last = n + times; n < last; n += 1) {
      say('acknowledged', n - 1);
      await update(n);
    }
    say('acknowledged', n - 1);
  };
  await told(8);
  while (!readdirSync(own).includes('meta.2.jsonl')) await pause(1);
  await told(3);
}

/** Each step of a turn is told once it was acknowledged. */
const turn = () =>
  session.turn(async (turn) => {
    await turn.update({ n: 2 });
    say('acknowledged', 2);
    await turn.append({ type: 'note', n: 3 });
    say('acknowledged', 3);
    await turn.update({ n: 4 });
    say('acknowledged', 4);
  });

const things = {
  create: () => session.append({ type: 'note', n: 1 }),
  turn,
  reset: () => session.reset({ keep: 'none', reason: 'new' }),
  restore: async () => session.restore((await session.archives())[0].sessionId),
  remove: () => session.remove(),
  fold,
};
await session.read();
armed = true;
await things[what]();
say('acknowledged', undefined);
await store.close();
say('survived', calls);
leave();
