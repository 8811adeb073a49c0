import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { databasePath } from './database-copy.ts';
import { longDatabase } from './long-database.ts';

const CHILD = fileURLToPath(new URL('adopt-child.js', import.meta.url));
/** Less than 300 MB. A process that has loaded everything and adopted nothing takes some 90 MB. */
const RESIDENT_MIB_MAX = 286;

it.each([
  { what: 'many rows', sessions: 60, windows: 2, rows: 400, bytes: 1_000 },
  { what: 'large rows', sessions: 2, windows: 1, rows: 50, bytes: 600_000 },
])(
  'R7.7 a database is adopted in little memory, whatever its size: $what',
  async (sizes) => {
    const root = await longDatabase(sizes);
    expect(statSync(databasePath(root)).size).toBeGreaterThan(50_000_000);
    const { stdout } = spawnSync(process.execPath, [CHILD, root, 'tell'], { encoding: 'utf8' });
    const { adopted, stores, residentKiB } = JSON.parse(stdout);
    const { sessions, windows, rows } = sizes;
    expect({ adopted, records: stores[0].records }).toEqual({
      adopted: sessions,
      records: sessions * windows * rows,
    });
    expect(residentKiB / 1024).toBeLessThan(RESIDENT_MIB_MAX);
  },
  120_000,
);
