const load = () => import('../../dist/index.js');

/** Our own store, through its public face, from the built package. */
export const holdfast = (title, options) => ({
  title,
  load,
  fillers: 2,
  async open(dir) {
    const { openStore } = await load();
    const store = await openStore(dir, options);
    return {
      async createMany(pairs) {
        const batch = 64;
        for (let from = 0; from < pairs.length; from += batch) {
          const some = pairs.slice(from, from + batch);
          await Promise.all(some.map(([key, entry]) => store.session(key).update(entry)));
        }
      },
      session: (key) => {
        const session = store.session(key);
        return Object.assign(session, { patch: (fields) => session.update(fields) });
      },
      async countUpdates(keys) {
        let sum = 0;
        for (const key of keys) sum += (await store.session(key).read())?.entry.turns ?? 0;
        return sum;
      },
      async countRecords(keys) {
        let sum = 0;
        for (const key of keys) {
          if ((await store.session(key).read()) === undefined) continue;
          for await (const record of store.session(key).transcript()) {
            sum += record.type === 'message' ? 1 : 0;
          }
        }
        return sum;
      },
      async page(limit) {
        let rows = 0;
        for await (const row of store.list({ limit })) rows += row.rev > 0 ? 1 : 0;
        return rows;
      },
      async list() {
        let rows = 0;
        for await (const row of store.list()) rows += row.rev > 0 ? 1 : 0;
        return rows;
      },
      holdTurn: (key, during) => store.session(key).turn(during, { label: 'bench' }),
      remove: (key) => store.session(key).remove(),
      async last(key, count) {
        let records = 0;
        for await (const record of store.session(key).transcript({ last: count })) {
          records += record.seq > 0 ? 1 : 0;
        }
        return records;
      },
      close: () => store.close(),
    };
  },
});
