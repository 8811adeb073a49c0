import { execFile, fork, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const CHILD = fileURLToPath(new URL('../child.js', import.meta.url));
const running = new Set();
const cores = availableParallelism();

/** Whether processes can be kept on processors of their own. */
export const canPin = cores > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Processors for the process that is measured, and for those that disturb it. */
const PROCESSORS = { measured: '0', disturbing: cores > 2 ? `1-${cores - 1}` : '1' };

// A stopped child does not see its parent go, so none is left to that.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function forkOn(pin) {
  const place =
    pin !== undefined && canPin
      ? { execPath: 'taskset', execArgv: ['-c', PROCESSORS[pin], process.execPath] }
      : {};
  return fork(CHILD, [], { serialization: 'advanced', stdio: ['ignore', 2, 2, 'ipc'], ...place });
}

/** Writes out what earlier processes have left in the page cache, so that nobody pays for another. */
export async function settleDisk() {
  if (process.platform !== 'win32') await promisify(execFile)('sync');
}

/**
 * Starts a process that does one job. `ready` resolves when it waits for the start, `begin()` lets
 * it go, `stop()` tells one that runs on to end, `result` is what it found out.
 */
export function startChild(job, options, { deadlineMs = 120_000, pin } = {}) {
  const child = forkOn(pin);
  running.add(child);
  const wait = {};
  const ready = new Promise((resolve) => {
    wait.ready = resolve;
  });
  const result = new Promise((resolve, reject) => {
    const fail = (text) => reject(new Error(`${job} (${options.system ?? 'no system'}): ${text}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail(`gave no result within ${deadlineMs} ms`);
    }, deadlineMs);
    child.on('message', (message) => {
      if (message.kind === 'ready') wait.ready(message.facts);
      else if (message.error !== undefined) fail(message.error);
      else resolve(message.value);
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      fail(`ended with ${signal ?? code} before it told a result`);
    });
  });
  // Whoever awaits `ready` must learn of a failure too.
  result.catch(() => undefined);
  child.send({ job, options });
  return {
    pid: child.pid,
    ready: Promise.race([ready, result]),
    result,
    begin: () => child.send({ kind: 'begin' }),
    stop: () => child.connected && child.send({ kind: 'stop' }),
    kill: (signal) => child.kill(signal),
  };
}

/** One process, from start to result. */
export async function runChild(job, options, limits) {
  await settleDisk();
  const child = startChild(job, options, limits);
  await child.ready;
  child.begin();
  return child.result;
}

/** Several processes that begin together. */
export async function runTogether(jobs, limits) {
  await settleDisk();
  const children = jobs.map(([job, options]) => startChild(job, options, limits));
  await Promise.all(children.map((child) => child.ready));
  for (const child of children) child.begin();
  return Promise.all(children.map((child) => child.result));
}
