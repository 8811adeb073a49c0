/** Where the demonstration's store lies: in its directory, or on a PostgreSQL server of its own. */
import { copyStore } from 'holdfast/copy';
import { PostgresServer } from '../../scripts/postgres-server.js';

/** A killed process holds its turns until its lease has run out; nobody wants to watch that for long. */
const LEASE_MS = 2_000;

/**
 * @typedef {object} Place
 * @property {string} location what every process opens
 * @property {string} words where that is, for people
 * @property {boolean} stays whether it is there when the demonstration has ended
 * @property {() => Promise<void>} close
 */

/**
 * @param {'files' | 'postgres'} store
 * @param {string} directory an adopted state directory
 * @returns {Promise<Place>}
 */
export async function placeOf(store, directory) {
  if (store === 'files') {
    return { location: directory, words: directory, stays: true, close: async () => undefined };
  }
  const server = await PostgresServer.start();
  try {
    const url = new URL(server.url);
    url.searchParams.set('leaseMs', String(LEASE_MS));
    const { ok } = await copyStore(directory, url.href);
    if (!ok) throw new Error('The sessions could not be copied into PostgreSQL.');
    const words = `PostgreSQL on port ${server.port} of this machine, a server that goes with this run`;
    return { location: url.href, words, stays: false, close: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
