import { changeOf, keyOf } from '../load/sample-entry.js';
import { SYSTEMS } from '../systems/index.js';

/** Gaps shorter than this are no stalled write. */
const HELD_MS = 100;

/**
 * Updates on a disk whose every write stalls: how often the event loop was held. The stall is put
 * in at the seam, on the values through which the store reaches the file system.
 */
export async function run({ system, dir, stallMs, updates }, { ready }) {
  const opened = await SYSTEMS[system].open(dir);
  const { realFileSystem } = await import('../../dist/system/file-system.js');
  await ready();
  stall(realFileSystem, stallMs);
  const held = [];
  let last = performance.now();
  let on = true;
  const probe = () => {
    const now = performance.now();
    if (now - last > HELD_MS) held.push(now - last);
    last = now;
    if (on) setImmediate(probe);
  };
  setImmediate(probe);
  for (let i = 0; i < updates; i++) await opened.session(keyOf(i)).update(changeOf(i));
  await new Promise(setImmediate);
  on = false;
  await opened.close();
  return { held, acknowledged: updates };
}

/** A write that the caller waits for holds its thread; one that is awaited holds nobody. */
function stall(fs, ms) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (const name of ['writeSync', 'ftruncateSync']) {
    const real = fs[name];
    fs[name] = (...args) => {
      Atomics.wait(cell, 0, 0, ms);
      return real(...args);
    };
  }
  for (const name of ['write', 'fsync', 'fdatasync']) {
    const real = fs[name];
    fs[name] = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return real(...args);
    };
  }
}
