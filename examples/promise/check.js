/**
 * Looks at the store with fresh eyes: a process that wrote nothing compares what lies on the disk
 * with what the others were told, and sends back what it found.
 */
import { isHoldfastError, openStore } from 'holdfast';
import { counterOf } from './channels.js';

/**
 * @typedef {object} Findings
 * @property {number} lostUpdates acknowledged, and not in the counters
 * @property {number} lostRecords acknowledged, and in no transcript
 * @property {number} twice records that are there more than once
 * @property {number} unheard updates that are there although their process was killed before it could say so
 * @property {string[]} torn what is damaged, in words
 * @property {number} transcripts read to their ends
 * @property {number} records in them
 */

process.on('message', async (/** @type {any} */ { directory, updates, records }) => {
  /** @type {Findings} */
  const found = {
    lostUpdates: 0,
    lostRecords: 0,
    twice: 0,
    unheard: 0,
    torn: [],
    transcripts: 0,
    records: 0,
  };
  const store = await openStore(directory);
  const { problems } = await store.verify();
  for (const { severity, key, message } of problems) {
    if (severity === 'damage') found.torn.push(`${key}: ${message}`);
  }
  for await (const { key } of store.list()) {
    await compareUpdates(store.session(key), updates[key] ?? {}, found);
    await compareRecords(store.session(key), records[key] ?? [], found);
  }
  await store.close();
  process.send?.(found);
  process.disconnect?.();
});

/**
 * @param {import('holdfast').Session} session
 * @param {Record<string, number>} acknowledged
 * @param {Findings} found
 */
async function compareUpdates(session, acknowledged, found) {
  const entry = (await session.read())?.entry ?? {};
  for (const [channel, count] of Object.entries(acknowledged)) {
    const stored = entry[counterOf(/** @type {any} */ (channel))] ?? 0;
    found.lostUpdates += Math.max(0, count - stored);
    found.unheard += Math.max(0, stored - count);
  }
}

/**
 * @param {import('holdfast').Session} session
 * @param {string[]} acknowledged
 * @param {Findings} found
 */
async function compareRecords(session, acknowledged, found) {
  const seen = new Set();
  try {
    for await (const { id } of session.transcript({ onDamage: 'throw' })) {
      if (seen.has(id)) found.twice += 1;
      seen.add(id);
    }
    found.transcripts += 1;
    found.records += seen.size;
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    found.torn.push(`${session.key}: ${error.message}`);
  }
  found.lostRecords += acknowledged.filter((id) => !seen.has(id)).length;
}
