import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const BYTES = 300;
const LINE = Buffer.from(`${'a'.repeat(BYTES - 1)}\n`);

/** The floor: 300 bytes appended to one open descriptor, nothing computed, nothing checked. */
export const rawAppend = {
  title: 'raw append of 300 bytes to an open descriptor',
  open(dir) {
    const fd = openSync(join(dir, 'log'), 'a');
    // It writes more than 100 MB a second; nobody else shall wait for the disk because of that.
    ftruncateSync(fd, 0);
    const append = () => {
      writeSync(fd, LINE);
    };
    return {
      createMany: () => undefined,
      session: () => ({ update: append, append }),
      countUpdates: () => undefined,
      countRecords: () => undefined,
      close() {
        ftruncateSync(fd, 0);
        closeSync(fd);
      },
    };
  },
};
