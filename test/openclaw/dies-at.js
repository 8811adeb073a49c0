/**
 * Loaded before a program: kills it right before its `DIES_AT`th call that changes something, or
 * tells how many there were.
 */

/**
 * Loaded before a program: kills it right before its `DIES_AT`th call that changes something, or
 * tells how many there were.
 */
import fs, { appendFileSync } from 'node:fs';

const at = Number(process.env.DIES_AT ?? 0);
let calls = 0;
const SYNC = ['writeSync', 'mkdirSync', 'renameSync', 'unlinkSync', 'ftruncateSync', 'openSync'];
for (const name of [...SYNC, 'write', 'rename', 'unlink', 'fsync', 'open']) {
  const real = fs[name];
  const counted = (...args) => {
    calls += 1;
    if (calls === at) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  };
  for (const symbol of Object.getOwnPropertySymbols(real)) {
    Object.defineProperty(counted, symbol, Object.getOwnPropertyDescriptor(real, symbol));
  }
  fs[name] = counted;
}
const { CALLS_TO } = process.env;
if (CALLS_TO) process.on('exit', () => appendFileSync(CALLS_TO, String(calls)));
