import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One JSON file per session, replaced by write-file-atomic (sync switched off, synchronous form: the
 * quicker ones). Nothing orders two processes, so it may lose updates; the table says how many.
 */
export const filePerSession = {
  title: 'a file per session, write-file-atomic',
  async open(dir) {
    const { default: writeFileAtomic } = await import('write-file-atomic');
    const folder = join(dir, 'sessions');
    mkdirSync(folder, { recursive: true });
    const pathOf = (key) => join(folder, `${encodeURIComponent(key)}.json`);
    const load = (path) => JSON.parse(readFileSync(path, 'utf8'));
    return {
      createMany(pairs) {
        for (const [key, entry] of pairs) writeFileSync(pathOf(key), JSON.stringify(entry));
      },
      session(key) {
        const path = pathOf(key);
        return {
          update(change) {
            const entry = load(path);
            Object.assign(entry, change(entry));
            writeFileAtomic.sync(path, JSON.stringify(entry), { fsync: false });
          },
        };
      },
      countUpdates: (keys) => keys.reduce((sum, key) => sum + load(pathOf(key)).turns, 0),
      list: () =>
        readdirSync(folder).filter((name) => load(join(folder, name)).chatType !== '').length,
      close: () => undefined,
    };
  },
};
