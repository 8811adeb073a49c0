import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { residentMax } from '../load/process-figures.js';

/** Reads every byte of a directory once, a file after the other: less than any import can do. */
export async function run({ dir }, { ready }) {
  await ready();
  const begin = performance.now();
  let bytes = 0;
  for (const item of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (item.isFile()) bytes += readFileSync(join(item.parentPath, item.name)).length;
  }
  return { ms: performance.now() - begin, bytes, residentBytes: residentMax(), blockMs: 0 };
}
