/**
 * One of several processes that work on one session until they are told to stop, and may be killed
 * at any moment. Its acknowledgements are lines of a file of its own.
 *
 *     node contender.js <directory> <files> <name> <seed>
 *
 * `<files>.<name>`: `u` for each update that resolved, `a <id>` for each record. `<files>.witness`:
 * who goes in and out of the update function, which runs under the session's lock.
 * Ends when `<files>.stop` is there.
 */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { openStore } from 'holdfast';

const [directory, files, name, seed = '1'] = process.argv.slice(2);
const said = `${files}.${name}`;
const witness = `${files}.witness`;
const store = await openStore(directory);
const shared = store.session('agent:main:shared');
const own = store.session(`agent:main:own-${name}`);
const large = 'x'.repeat(20_000);
let state = Number(seed) >>> 0;
const below = (max) => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * max);
};

function increment(entry) {
  appendFileSync(witness, `in ${name}\n`);
  // Long enough to be overtaken, if anybody could get in.
  for (let n = 0; n < 2_000; n++) Math.sqrt(n);
  appendFileSync(witness, `out ${name}\n`);
  return { count: (entry.count ?? 0) + 1 };
}

const deadline = Date.now() + 600_000;
appendFileSync(said, 'begun\n');
try {
  for (let n = 0; !existsSync(`${files}.stop`) && Date.now() < deadline; n++) {
    await shared.update(increment);
    appendFileSync(said, 'u\n');
    const { id } = await shared.append({ type: 'note', by: name, n });
    appendFileSync(said, `a ${id}\n`);
    const what = below(12);
    if (what === 0) await own.update({ n, text: large });
    if (what === 1) await own.append({ type: 'note', n });
    if (what === 2) await own.reset();
    if (what === 3) await own.turn((turn) => turn.update({ n }), { whenBusy: 'reject' });
    if (what === 4) await own.remove();
  }
  await store.close();
  appendFileSync(said, 'ended\n');
} catch (error) {
  writeFileSync(`${said}.error`, error.stack ?? String(error));
  process.exitCode = 1;
}
