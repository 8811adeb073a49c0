import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = Buffer.alloc(1_024, 0x61);

/** The floor of what replaces files: 1 KB into a temporary file, renamed over the old one. */
export const rawReplace = {
  title: 'raw temp file + rename of 1 KB',
  open(dir) {
    const folder = join(dir, 'files');
    mkdirSync(folder, { recursive: true });
    return {
      createMany: () => undefined,
      session(key) {
        const path = join(folder, encodeURIComponent(key));
        const temporary = `${path}.${process.pid}.tmp`;
        return {
          update() {
            const fd = openSync(temporary, 'w');
            writeSync(fd, PAGE);
            closeSync(fd);
            renameSync(temporary, path);
          },
        };
      },
      countUpdates: () => undefined,
      close: () => undefined,
    };
  },
};
