/**
 * Reads, in a loop and by every way, what others write; on Windows each open file is in the way of
 * a rename. Counts what no reader may ever see.
 *
 *     node reader.js <directory> <files>
 *
 * Ends when `<files>.stop` is there; what it saw is in `<files>.read`.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';

const [directory, files] = process.argv.slice(2);
const store = await openStore(directory);
const shared = store.session('agent:main:shared');
const seen = { reads: 0, missing: 0, back: 0, odd: 0, opened: 0, errors: [] };
let last = 0;

/** Holds files of the store open for a moment, as a scanner does. */
function openEverything(path) {
  for (const found of namesIn(path)) {
    const full = join(path, found.name);
    if (found.isDirectory()) openEverything(full);
    else if (found.name !== 'lock') tolerant(() => readFileSync(full));
  }
}

function namesIn(path) {
  return tolerant(() => readdirSync(path, { withFileTypes: true })) ?? [];
}

/** What was there may be folded, removed or moved away by now; Windows keeps lock files to their owner. */
function tolerant(call) {
  try {
    seen.opened += 1;
    return call();
  } catch (error) {
    if (/^(ENOENT|EBUSY|EPERM|EACCES)$/.test(error.code)) return undefined;
    throw error;
  }
}

const deadline = Date.now() + 600_000;
writeFileSync(`${files}.reader-begun`, '');
for (let n = 0; !existsSync(`${files}.stop`) && Date.now() < deadline; n++) {
  try {
    const state = await shared.read();
    seen.reads += 1;
    if (state === undefined) seen.missing += last > 0 ? 1 : 0;
    else {
      const count = state.entry.count ?? 0;
      if (count < last) seen.back += 1;
      if (count !== state.rev) seen.odd += 1;
      last = count;
    }
    if (n % 8 === 0) for await (const _ of shared.transcript({ last: 5 })) seen.reads += 1;
    if (n % 16 === 0) for await (const _ of store.list()) seen.reads += 1;
    openEverything(join(directory, 'agents'));
  } catch (error) {
    if (seen.errors.length < 5) seen.errors.push(error.stack ?? String(error));
  }
  await new Promise((resolve) => setImmediate(resolve));
}
await store.close();
writeFileSync(`${files}.read`, JSON.stringify(seen));
