import { CHANNELS } from './channels.js';

/** @typedef {import('./channels.js').Channel} Channel */

/** What the processes have told: every write that the store acknowledged, and how long it took. */
export class Tally {
  /** Acknowledged updates: session, then process. @type {Record<string, Partial<Record<Channel, number>>>} */
  updates = {};
  /** Ids of acknowledged records by session. @type {Record<string, string[]>} */
  records = {};
  /** Milliseconds of every update. @type {Record<Channel, number[]>} */
  times = { slack: [], telegram: [], cron: [] };
  /** @type {Record<Channel, number>} */
  sessions = { slack: 0, telegram: 0, cron: 0 };
  turns = 0;
  /** Turns whose process was killed, as the next turn of the session was told. */
  cutOff = 0;
  /** @type {{ key: string, running: boolean, since: number } | undefined} */
  long = undefined;
  /** The slowest update of all, and of those that were made while the long turn ran. */
  longest = { key: '', ms: 0 };
  longestBeside = 0;
  /** How long the operating system kept this process waiting, which opens no store. */
  longestPause = 0;

  /**
   * Takes a message of a process.
   * @param {Channel} channel
   * @param {any} message
   */
  take(channel, message) {
    const { kind, key } = message;
    if (kind === 'update') this.#update(channel, key, message.ms);
    else if (kind === 'record') {
      this.records[key] ??= [];
      this.records[key].push(message.id);
    } else if (kind === 'turn') {
      this.turns += 1;
      if (message.cutOff) this.cutOff += 1;
    } else if (kind === 'long') {
      this.long = { key, running: message.running, since: performance.now() };
      if (message.running) this.turns += 1;
    } else if (kind === 'ready') this.sessions[channel] = message.sessions;
  }

  /** @param {Channel} channel @param {string} key @param {number} ms */
  #update(channel, key, ms) {
    this.updates[key] ??= {};
    this.updates[key][channel] = (this.updates[key][channel] ?? 0) + 1;
    this.times[channel].push(ms);
    if (ms > this.longest.ms) this.longest = { key, ms };
    if (this.long?.running) this.longestBeside = Math.max(this.longestBeside, ms);
  }

  get updatesAcknowledged() {
    return CHANNELS.reduce((sum, channel) => sum + this.times[channel].length, 0);
  }

  get recordsAcknowledged() {
    return Object.values(this.records).reduce((sum, ids) => sum + ids.length, 0);
  }

  /** The time that this part of all updates of a process stayed below. @param {Channel} channel @param {number} part */
  quantile(channel, part) {
    const sorted = Float64Array.from(this.times[channel]).sort();
    return sorted[Math.floor(sorted.length * part)] ?? 0;
  }
}
