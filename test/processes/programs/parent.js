/**
 * What every process of these tests begins with: it answers its parent, and it ends by itself when
 * the parent is gone or when it has lived for too long.
 */
import process from 'node:process';

/** Longer than any test waits for a child, shorter than a night. */
const LIFE_MS_MAX = 150_000;

setTimeout(() => process.exit(3), LIFE_MS_MAX).unref();
const orphaned = () => process.exit(2);
process.on('disconnect', orphaned);
const parentPid = process.ppid;
const cell = new Int32Array(new SharedArrayBuffer(4));

export function say(name, value) {
  process.send({ name, value });
}

/** Lets the process end by itself, once it has nothing more to do. */
export function leave() {
  process.off('disconnect', orphaned);
  process.disconnect();
}

/** Does what the parent asks for by name, and answers each with a value or an error. */
export function answer(verbs) {
  process.on('message', async ({ id, verb, given }) => {
    try {
      process.send({ id, value: await verbs[verb](...given) });
    } catch (error) {
      const { code, message, stack } = error;
      process.send({ id, error: { code, message, stack } });
    }
  });
  say('ready', process.pid);
}

/** Blocks the whole process until the condition holds; ends it when its parent goes away. */
export function blockUntil(condition) {
  while (!condition()) {
    Atomics.wait(cell, 0, 0, 2);
    if (process.ppid !== parentPid) process.exit(2);
  }
}

/** Ends as a crash does: no handler, no exit hook, nothing after this line. */
export function dieAtOnce() {
  process.kill(process.pid, 'SIGKILL');
  blockUntil(() => false);
}
