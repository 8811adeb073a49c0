import { availableParallelism } from 'node:os';
import picocolors from 'picocolors';
import { CHANNELS } from './channels.js';

// By itself the library also colours where the environment says CI, which is no terminal.
const colors = picocolors.createColors(Boolean(process.stdout.isTTY) && !process.env.NO_COLOR);

/** @typedef {import('./channels.js').Channel} Channel */

/** What is happening, as a table that stays in its place on a terminal, and as lines elsewhere. */
export class Board {
  #tally;
  #pid;
  #live = process.stdout.isTTY === true;
  #drawn = 0;
  #shown = { at: performance.now(), counts: [0, 0, 0] };
  #news = '';

  /**
   * @param {import('./tally.js').Tally} tally
   * @param {(channel: Channel) => number | undefined} pid
   */
  constructor(tally, pid) {
    this.#tally = tally;
    this.#pid = pid;
  }

  /** Something that happened: a line of its own, or the one below the table. @param {string} news */
  tell(news) {
    this.#news = news;
    if (!this.#live) console.log(news);
  }

  /** Shows the state of now. @param {number} elapsedMs */
  draw(elapsedMs) {
    const rates = this.#rates();
    if (!this.#live) return console.log(this.#line(elapsedMs, rates));
    this.#erase();
    const lines = [...this.#table(rates), '', ...this.#sentences(elapsedMs)];
    const width = process.stdout.columns || 80;
    for (const line of lines) console.log(line.slice(0, width - 1));
    this.#drawn = lines.length;
  }

  #erase() {
    if (this.#drawn > 0) process.stdout.write(`\x1b[${this.#drawn}A\x1b[0J`);
    this.#drawn = 0;
  }

  /** Updates a second of each process since the last drawing. */
  #rates() {
    const now = performance.now();
    const counts = CHANNELS.map((channel) => this.#tally.times[channel].length);
    const seconds = (now - this.#shown.at) / 1_000;
    const rates = counts.map((count, n) => (count - (this.#shown.counts[n] ?? 0)) / seconds);
    this.#shown = { at: now, counts };
    return rates;
  }

  /** @param {number[]} rates */
  #table(rates) {
    const head = ['process', 'pid', 'sessions', 'updates/s', 'p50 ms', 'p99 ms'];
    const rows = CHANNELS.map((channel, n) => [
      channel,
      this.#pid(channel) ?? 'killed',
      this.#tally.sessions[channel],
      whole(rates[n] ?? 0),
      this.#tally.quantile(channel, 0.5).toFixed(2),
      this.#tally.quantile(channel, 0.99).toFixed(2),
    ]);
    return [head, ...rows].map((row) =>
      row
        .map((cell, n) => (n === 0 ? String(cell).padEnd(10) : String(cell).padStart(11)))
        .join(''),
    );
  }

  /** @param {number} elapsedMs */
  #sentences(elapsedMs) {
    const { long, updatesAcknowledged, recordsAcknowledged, turns } = this.#tally;
    const held = long?.running
      ? `${seconds(performance.now() - long.since)} in one turn: ${long.key}`
      : 'no long turn is running';
    return [
      `${seconds(elapsedMs)}: ${whole(updatesAcknowledged)} updates and ${whole(recordsAcknowledged)} records acknowledged, ${turns} turns`,
      `longest update of any session: ${ms(this.#tally.longest.ms)}`,
      held,
      this.#news,
    ];
  }

  /** @param {number} elapsedMs @param {number[]} rates */
  #line(elapsedMs, rates) {
    const each = CHANNELS.map((channel, n) => {
      const [p50, p99] = [0.5, 0.99].map((part) => this.#tally.quantile(channel, part).toFixed(2));
      return `${channel} ${whole(rates[n] ?? 0)} updates/s, p50 ${p50}, p99 ${p99} ms`;
    });
    const longest = `longest update ${ms(this.#tally.longest.ms)}`;
    return [seconds(elapsedMs), ...each, longest].join(' | ');
  }
}

/**
 * The last word: what was promised and what was found.
 * @param {import('./tally.js').Tally} tally
 * @param {import('./check.js').Findings} found
 */
export function closingLines(tally, found) {
  const sum = (/** @type {number} */ count) => (count === 0 ? colors.green : colors.red)(count);
  return [
    `updates acknowledged: ${whole(tally.updatesAcknowledged)}, lost: ${sum(found.lostUpdates)}`,
    `records acknowledged: ${whole(tally.recordsAcknowledged)}, lost: ${sum(found.lostRecords)}, twice: ${sum(found.twice)}`,
    `torn: ${sum(found.torn.length)} (verified, and ${found.transcripts} transcripts with ${whole(found.records)} records read, by a fresh process)`,
    ...found.torn.map((line) => `  ${line}`),
    `turns: ${tally.turns}; cut off by the kill: ${tally.cutOff}, each followed by the next turn of its session`,
    `updates that were written but not yet told when their process was killed: ${found.unheard}`,
    `longest that a session can have waited for another one: ${ms(tally.longest.ms)}, while the long turn ran ${ms(tally.longestBeside)}`,
    `  This is the slowest update of all, in ${tally.longest.key}. It includes`,
    `  the pauses that the system makes with ${CHANNELS.length + 1} processes on ${availableParallelism()} processors: up to ${ms(tally.longestPause)} in one without a store.`,
  ];
}

/** @param {number} number */
function whole(number) {
  return Math.round(number).toLocaleString('en');
}

/** @param {number} time */
function ms(time) {
  return `${time.toFixed(1)} ms`;
}

/** @param {number} time */
export function seconds(time) {
  return `${(time / 1_000).toFixed(1)} s`;
}
