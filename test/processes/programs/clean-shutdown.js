/**
 * A process that accepts work, waits for none of it, closes its store and ends. With
 * `failing-disk` its writes fail from some point on, and only the exit status can say so.
 */
import process from 'node:process';
import { openStore, storeOver } from 'holdfast';
import { openFiles } from '../../../dist/backends/files/open-files.js';
import { realSystem } from '../../../dist/system/system.js';
import { leave } from './parent.js';

const [directory, key, how] = process.argv.slice(2);
let failing = false;

function writeSync(...given) {
  if (failing) throw Object.assign(new Error('bad disk'), { code: 'EIO' });
  return realSystem.fs.writeSync(...given);
}

const settings = { durability: 'process', instance: 'failing', lockWaitMs: 10_000 };
const more = { openFilesMax: 128, onWarning: () => undefined };
const store =
  how === 'failing-disk'
    ? await storeOver(
        await openFiles(
          directory,
          { ...settings, ...more },
          { ...realSystem, fs: { ...realSystem.fs, writeSync } },
        ),
      )
    : await openStore(directory);
const session = store.session(key);
for (let n = 0; n < 300; n += 1) {
  failing = how === 'failing-disk' && n > 200;
  session.update((entry) => ({ n: (entry.n ?? 0) + 1 }));
  session.append({ type: 'note', n });
}
// Larger than what is written on the event loop: still on its way when the store is closed.
session.update({ large: 'x'.repeat(100_000) });
await store.close();
leave();
