/** Small programs that a second process of Node runs to look at a mount; texts, so that they need no file. */

/** Tries to lock the file by each of the paths that it is given; then holds one of its own. */
export const RIVAL = `
const fs = require('node:fs');
const [addon, own, ...paths] = process.argv.slice(1);
const { tryLock } = require(addon);
const open = (path) => fs.openSync(path, 'r+');
const ask = (path) => {
  const fd = open(path);
  const granted = tryLock(fd);
  fs.closeSync(fd);
  return granted ? 'granted' : 'refused';
};
const answers = paths.map(ask);
if (process.platform === 'linux') {
  const handle = fs.openSync('.', 'r');
  answers.push(ask('/proc/self/fd/' + handle + '/' + require('node:path').basename(paths[0])));
}
console.log(answers.join(' '));
console.log(tryLock(open(own)) ? 'held' : 'lost');
setInterval(() => undefined, 1000);
`;

/** Reads a file that is replaced all the time, and counts what it found. */
export const READER = `
const fs = require('node:fs');
const [, path, ms, bytes] = process.argv.slice(1);
const seen = { reads: 0, missing: 0, torn: 0 };
console.log('ready');
const end = Date.now() + Number(ms);
while (Date.now() < end) {
  seen.reads++;
  try {
    const text = fs.readFileSync(path, 'latin1');
    if (text.length !== Number(bytes) || text !== text[0].repeat(text.length)) seen.torn++;
  } catch (error) {
    seen.missing++;
  }
}
console.log(JSON.stringify(seen));
`;

/** Appends lines while another process does, each under a lock as a store does. */
export const APPENDER = `
const fs = require('node:fs');
const { setTimeout: pause } = require('node:timers/promises');
const [addon, lockPath, path, lines, bytes] = process.argv.slice(1);
const { tryLock, unlock } = require(addon);
const lock = fs.openSync(lockPath, 'r+');
const fd = fs.openSync(path, 'a');
const append = async () => {
  for (let n = 0; n < Number(lines); n++) {
    while (!tryLock(lock)) await pause(1);
    fs.writeSync(fd, 'b'.repeat(Number(bytes) - 1) + '\\n');
    unlock(lock);
  }
  console.log('done');
};
console.log('ready');
append();
setInterval(() => undefined, 1000);
`;
