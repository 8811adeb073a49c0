/**
 * A gateway with a mirror: changes some sessions again and again until it is killed. Words: the store,
 * the milliseconds of the mirror's debounce, the number of sessions of its own, and their name.
 */
import { openStore } from 'holdfast';

const [root = '', debounceMs, own = '5', name = 'of-child'] = process.argv.slice(2);
const say = (what, value) => process.send({ name: what, value });

say('opening');
const store = await openStore(root, { mirror: { debounceMs: Number(debounceMs) } });
process.on('warning', (warning) => say('warning', warning.message));
const keys = Array.from({ length: Number(own) }, (_each, n) => `agent:main:${name}-${n}`);
for (const key of keys) await store.session(key).update({ n: 0 });
say('ready', process.pid);
for (let n = 1; ; n += 1) {
  const session = store.session(keys[n % keys.length]);
  await session.update({ n, label: `n is ${n}`, text: 'x'.repeat(n % 3_000) });
  if (n % 7 === 0) await session.reset({ keep: ['n'] });
  if (n % 20 === 0) await new Promise(setImmediate);
}
