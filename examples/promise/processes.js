import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const GATEWAY = fileURLToPath(new URL('gateway.js', import.meta.url));

/** @typedef {import('./channels.js').Channel} Channel */

/** The running processes, at most one a channel. */
export class Processes {
  #directory;
  #tell;
  /** @type {Map<Channel, import('node:child_process').ChildProcess>} */
  #running = new Map();
  /** What went wrong that nobody asked for. @type {string[]} */
  failures = [];

  /**
   * @param {string} directory
   * @param {(channel: Channel, message: any) => void} tell called with every message of a process
   */
  constructor(directory, tell) {
    this.#directory = directory;
    this.#tell = tell;
  }

  /**
   * Starts a process; resolves when it has opened the store, or has ended without.
   * @param {Channel} channel
   * @param {number} [longTurnMs] how long its one long turn takes; 0 for none
   */
  start(channel, longTurnMs = 0) {
    const child = fork(GATEWAY, [this.#directory, channel, String(longTurnMs)]);
    child.on('message', (message) => this.#tell(channel, message));
    child.on('exit', (code, signal) => {
      if (this.#running.get(channel) === child) this.#running.delete(channel);
      if (code !== 0 && signal !== 'SIGKILL') {
        this.failures.push(`The ${channel} process ended with ${signal ?? `code ${code}`}.`);
      }
    });
    this.#running.set(channel, child);
    return new Promise((resolve) => {
      child.once('message', resolve);
      child.once('exit', resolve);
    });
  }

  /** @param {Channel} channel */
  pid(channel) {
    return this.#running.get(channel)?.pid;
  }

  /** Ends a process as a power cut would, and resolves when all that it had told has arrived. @param {Channel} channel */
  async kill(channel) {
    const child = this.#running.get(channel);
    if (child === undefined) return;
    const gone = ended(child);
    child.kill('SIGKILL');
    await gone;
  }

  /** Lets every process finish what it does. */
  async stop() {
    await Promise.all(
      [...this.#running.values()].map((child) => {
        const gone = ended(child);
        if (child.connected)
          child.send('stop', () => {
            // A process that ended by itself meanwhile needs no word; its exit is told by `failures`.
          });
        return gone;
      }),
    );
  }
}

/**
 * Resolves when a process is gone and its channel is drained: a message that it had sent before may
 * be read after the exit is known.
 * @param {import('node:child_process').ChildProcess} child
 */
function ended(child) {
  const gone = [];
  if (child.exitCode === null && child.signalCode === null) {
    gone.push(new Promise((resolve) => child.once('exit', resolve)));
  }
  if (child.connected) gone.push(new Promise((resolve) => child.once('disconnect', resolve)));
  return Promise.all(gone);
}
