import { PostgresStateAdapter } from '@chat-adapter/state-pg';
import pg from 'pg';
import { inBatches, partsOf, schemaAt } from './postgres-place.js';

const LOCK_MS = 30_000;
const quiet = () => undefined;
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => silent };

/** The state adapter of the Chat SDK: a lock, a read, a write, and the lock given back. */
export const chatState = () => ({
  title: '@chat-adapter/state-pg, lock + get + set',
  place: schemaAt,
  async open(place) {
    const { server, schema } = partsOf(place);
    const pool = new pg.Pool({ connectionString: server, max: 10 });
    const state = new PostgresStateAdapter({ client: pool, keyPrefix: schema, logger: silent });
    await state.connect();
    const locked = async (key, work) => {
      let lock = await state.acquireLock(key, LOCK_MS);
      while (!lock) lock = await state.acquireLock(key, LOCK_MS);
      try {
        await work();
      } finally {
        await state.releaseLock(lock);
      }
    };
    return {
      async createMany(pairs) {
        await inBatches(pairs, ([key, entry]) => state.set(key, entry));
      },
      session: (key) => ({
        update: (change) =>
          locked(key, async () => {
            const entry = await state.get(key);
            await state.set(key, { ...entry, ...change(entry) });
          }),
      }),
      async countUpdates(keys) {
        let sum = 0;
        for (const key of keys) sum += (await state.get(key)).turns;
        return sum;
      },
      async close() {
        await state.disconnect();
        await pool.end();
      },
    };
  },
});
