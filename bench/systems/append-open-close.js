import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What most programs do with a transcript: `appendFileSync` of one line, a file per session. */
export const appendOpenClose = {
  title: 'appendFileSync, a file per session',
  open(dir) {
    const folder = join(dir, 'transcripts');
    mkdirSync(folder, { recursive: true });
    return {
      createMany: () => undefined,
      session(key) {
        const path = join(folder, `${encodeURIComponent(key)}.jsonl`);
        return { append: (record) => appendFileSync(path, `${JSON.stringify(record)}\n`) };
      },
      countRecords: () =>
        readdirSync(folder).reduce(
          (sum, name) => sum + readFileSync(join(folder, name), 'utf8').split('\n').length - 1,
          0,
        ),
      close: () => undefined,
    };
  },
};
