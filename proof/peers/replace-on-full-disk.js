/**
 * Replaces a small file by a large one on a disk that has no room for it, once with promises and
 * once without, and says what came of it.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import writeFileAtomic from 'write-file-atomic';

const [directory, bytes] = process.argv.slice(2);
const path = join(directory, 'state.json');
const former = JSON.stringify({ former: true });
const next = JSON.stringify({ next: 'n'.repeat(Number(bytes)) });
const ways = {
  promise: () => writeFileAtomic(path, next),
  sync: () => writeFileAtomic.sync(path, next),
};
const found = {};
for (const [way, write] of Object.entries(ways)) {
  for (const name of readdirSync(directory)) rmSync(join(directory, name));
  writeFileSync(path, former);
  let outcome = 'resolved';
  try {
    await write();
  } catch (error) {
    outcome = error.code;
  }
  const text = readFileSync(path, 'utf8');
  const state = text === former ? 'former' : text === next ? 'next' : 'cut short';
  found[way] = { outcome, state, asked: next.length, there: text.length };
}
process.stdout.write(JSON.stringify({ node: process.version, found }));
