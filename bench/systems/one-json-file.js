import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One `sessions.json`, the way gateways began: lock (proper-lockfile), read, change, replace
 * (write-file-atomic). Its sync is switched off, so that it promises what `durability: 'process'`
 * promises and no more; its synchronous form is the quicker one.
 */
export const oneJsonFile = {
  title: 'one JSON file, write-file-atomic + proper-lockfile',
  async open(dir) {
    const { default: writeFileAtomic } = await import('write-file-atomic');
    const { default: lockfile } = await import('proper-lockfile');
    const path = join(dir, 'sessions.json');
    const replace = (all) => writeFileAtomic.sync(path, JSON.stringify(all), { fsync: false });
    const load = () => JSON.parse(readFileSync(path, 'utf8'));
    const retries = { forever: true, factor: 1.2, minTimeout: 1, maxTimeout: 20, randomize: true };
    return {
      createMany(pairs) {
        writeFileSync(path, JSON.stringify(Object.fromEntries(pairs)));
      },
      session: (key) => ({
        async update(change) {
          const release = await lockfile.lock(path, { retries });
          try {
            const all = load();
            Object.assign(all[key], change(all[key]));
            replace(all);
          } finally {
            await release();
          }
        },
      }),
      countUpdates: () => Object.values(load()).reduce((sum, entry) => sum + entry.turns, 0),
      list: () => Object.keys(load()).length,
      close: () => undefined,
    };
  },
};
