/**
 * A writer that is killed at some moment. It notes in a file of its own what it is about to do and
 * what was acknowledged; both are appends that survive it.
 */
import { openSync, writeSync } from 'node:fs';
import process from 'node:process';
import { openStore } from 'holdfast';
import { say } from './parent.js';

const [directory, witness, name, seed, ...keys] = process.argv.slice(2);
const fd = openSync(witness, 'a');
let state = Number(seed) >>> 0;
/** A whole number below `max`. */
function below(max) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 4_294_967_296) * max);
}
const note = (...words) => writeSync(fd, `${words.join(' ')}\n`);
const store = await openStore(directory, { lockWaitMs: 60_000, onWarning: () => undefined });
const increment = (fields) => (entry) =>
  Object.fromEntries(fields.map((field) => [field, (entry[field] ?? 0) + 1]));

async function update(key) {
  note('try', 'inc', key);
  // Long enough to have the log folded now and then.
  const text = 'x'.repeat(below(6_000));
  await store.session(key).update((entry) => ({ ...increment(['n', name])(entry), text }));
  note('ack', 'inc', key);
}

async function append(key, id) {
  note('try', 'app', key, id);
  await store.session(key).append({ type: 'note', by: name }, { id });
  note('ack', 'app', key, id);
}

async function turn(key, id) {
  try {
    await store.session(key).turn(
      async (running) => {
        note('try', 'inc', key);
        await running.update(increment(['n', name]));
        note('ack', 'inc', key);
        note('try', 'app', key, id);
        await running.append({ type: 'note', by: name });
      },
      { waitMs: 50 },
    );
  } catch (error) {
    if (error.code !== 'SESSION_BUSY') throw error;
  }
}

async function reset(key) {
  note('try', 'reset', key);
  await store.session(key).reset({ reason: 'again' });
  note('ack', 'reset', key);
}

const own = keys.at(-1);
for (let n = 0; ; n += 1) {
  const key = keys[below(keys.length)];
  const id = `${name}-${process.pid}-${n}`;
  const chance = below(100);
  if (chance < 45) await update(key);
  else if (chance < 85) await append(key, id);
  else if (chance < 95 || key !== own) await turn(key, id);
  else await reset(own);
  if (n === 3) say('works');
}
