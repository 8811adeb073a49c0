import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const load = () => import('lmdb');

/**
 * `noSync` gives what `durability: 'process'` gives. The documentation recommends shared structures
 * for objects of one shape, and has `useWritemap` as the quicker and riskier choice: it is measured
 * as a system of its own. A read-modify-write is a synchronous transaction, which was the quickest
 * of what it offers for one call after the other (asynchronous: 10 times slower, versioned: 5 times).
 */
export const lmdb = ({ useWritemap }) => ({
  title: `lmdb, noSync${useWritemap ? ' and useWritemap' : ''}`,
  load,
  async open(dir) {
    const { open } = await load();
    const root = open({
      path: join(dir, 'db'),
      noSync: true,
      noMemInit: true,
      useWritemap,
      maxDbs: 2,
    });
    const shared = { sharedStructuresKey: Symbol.for('structures') };
    const sessions = root.openDB('sessions', shared);
    const records = root.openDB('records', shared);
    return {
      async createMany(pairs) {
        await Promise.all(pairs.map(([key, entry]) => sessions.put(key, entry)));
      },
      session: (key) => session(sessions, records, key),
      countUpdates(keys) {
        let sum = 0;
        for (const key of keys) sum += sessions.get(key).turns;
        return sum;
      },
      countRecords: () => records.getCount(),
      list() {
        let rows = 0;
        for (const { value } of sessions.getRange()) rows += value.chatType ? 1 : 0;
        return rows;
      },
      close: () => root.close(),
    };
  },
});

function session(sessions, records, key) {
  return {
    update(change) {
      sessions.transactionSync(() => {
        const entry = sessions.get(key);
        sessions.put(key, Object.assign(entry, change(entry)));
      });
    },
    append(record) {
      records.transactionSync(() => {
        const [last] = records.getKeys({
          start: [key, Infinity],
          end: [key],
          reverse: true,
          limit: 1,
        });
        records.put([key, (last?.[1] ?? 0) + 1], { id: randomUUID(), ...record });
      });
    },
  };
}
