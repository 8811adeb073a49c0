import { startChild } from '../harness/start-child.js';
import { keyOf } from '../load/sample-entry.js';

const REMOVED_MB = 200;
const PIN = { pin: 'disturbing' };

/**
 * What can happen to one session while another is measured. Each begins and gives back what is left:
 * `start` what happens together with the measurement, `more` options of the measured process
 * itself, `end` what is to be ended afterwards.
 */
export async function inTurn(_ctx, { system, dir, sessions }) {
  const holder = startChild('hold-turn', { system, dir, key: keyOf(sessions - 1) }, PIN);
  await holder.ready;
  holder.begin();
  const end = async () => {
    holder.stop();
    await holder.result;
  };
  return { holder, end };
}

export async function stoppedInTurn(ctx, store) {
  const { holder, end } = await inTurn(ctx, store);
  holder.kill('SIGSTOP');
  const resumeAndEnd = () => {
    holder.kill('SIGCONT');
    return end();
  };
  return { end: resumeAndEnd };
}

export async function hammer(ctx, store) {
  const options = ctx.loadOptions(store, { pick: 'same', untilStopped: true, measureMs: 60_000 });
  const four = Array.from({ length: 4 }, () => startChild('load', options, PIN));
  await Promise.all(four.map((child) => child.ready));
  for (const child of four) child.begin();
  const end = async () => {
    for (const child of four) child.stop();
    // What holds the loop of one of four on one processor is the scheduler, so it is not counted.
    for (const child of four) ctx.account(store, { ...(await child.result), blockMs: 0 });
  };
  return { end };
}

export async function removedHere(ctx, store) {
  return { more: { removeKey: await bigSession(ctx, store) } };
}

export async function removedElsewhere(ctx, store) {
  const { system, dir } = store;
  const key = await bigSession(ctx, store);
  const remover = startChild('remove', { system, dir, key }, PIN);
  await remover.ready;
  return {
    start: remover.begin,
    end: async () => ctx.account(store, await remover.result),
  };
}

let made = 0;

async function bigSession(ctx, { system, dir }) {
  made += 1;
  const key = `agent:main:removal:direct:${made}`;
  await ctx.child('fill-transcript', { system, dir, key, megabytes: REMOVED_MB });
  return key;
}
