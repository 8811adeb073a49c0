/**
 * Releases the directory that it is given and dies, as by a crash, before the n-th call that changes
 * something on the disk; a write counts twice, and the second time half of it is written. Prints how
 * many such calls there were when it never came so far.
 */
import { constants } from 'node:fs';
import process from 'node:process';
import { openFiles } from '../../dist/backends/files/open-files.js';
import { LATEST_DIALECT } from '../../dist/openclaw/dialect/dialect.js';
import { releaseInto } from '../../dist/openclaw/release/release-into.js';
import { realSystem } from '../../dist/system/system.js';

const [root, last] = process.argv.slice(2);
const cell = new Int32Array(new SharedArrayBuffer(4));
let calls = 0;

function changes(name, given) {
  if (/^open/.test(name)) return (given[1] & constants.O_CREAT) !== 0;
  return /^(write|rename|unlink|rmdir|mkdir|ftruncate|chmod)/.test(name);
}

function count(before) {
  calls += 1;
  if (calls !== Number(last)) return;
  before?.();
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(cell, 0, 0);
}

function writeHalf([fd, data, offset = 0, length = data.length - offset]) {
  realSystem.fs.writeSync(fd, Buffer.from(data), offset, Math.floor(length / 2));
}

const fs = Object.fromEntries(
  Object.entries(realSystem.fs).map(([name, call]) => [
    name,
    (...given) => {
      if (changes(name, given)) count();
      if (/^write/.test(name)) count(() => writeHalf(given));
      return call(...given);
    },
  ]),
);
const system = { ...realSystem, fs };
const settings = { durability: 'process', instance: 'dies', lockWaitMs: 10_000 };
const more = { openFilesMax: 128, onWarning: () => undefined, existing: true };
const nobody = {
  processes: { isAlive: () => false, commandLine: () => undefined },
  loopback: { answers: () => Promise.resolve(false) },
};
const openBackend = () => openFiles(root, { ...settings, ...more }, system);
await releaseInto(
  { system, neighbours: nobody, root, openBackend },
  { dialect: LATEST_DIALECT, dryRun: false, onProgress: () => undefined },
);
console.log(calls);
