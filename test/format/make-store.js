/**
 * Writes the store that `stores/<format>` keeps, with a clock, ids and a machine that are the same
 * every time:
 *
 *     npm run build && node test/format/make-store.js test/format/stores/1
 *
 * A store that was released is never made again: a new format gets a directory of its own, and the
 * old ones stay to be opened by whatever comes later.
 */
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [target, built = fileURLToPath(new URL('../../dist', import.meta.url))] =
  process.argv.slice(2);
if (!target) throw new TypeError('usage: make-store.js <directory> [<built package>]');
const load = (path) => import(pathToFileURL(join(resolve(built), path)).href);
const { openFiles } = await load('backends/files/open-files.js');
const { realSystem } = await load('system/system.js');

let now = Date.UTC(2026, 2, 1, 10, 15);
let made = 0;
const hex = (n, length) => n.toString(16).padStart(length, '0');
const system = {
  ...realSystem,
  clock: { now: () => now++, elapsed: () => now },
  random: {
    fraction: () => 0,
    id: (ms) => {
      const time = hex(ms, 12);
      made += 1;
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${hex(made, 12)}`;
    },
    token: () => {
      made += 1;
      return hex(made, 32);
    },
  },
  machine: { host: 'gateway', pid: 4_242, windows: false, boot: 'a start of the machine' },
};

const root = join(target, 'store');
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const options = {
  durability: 'process',
  instance: 'gateway-1',
  lockWaitMs: 1_000,
  openFilesMax: 128,
  onWarning: () => undefined,
};
const said = (role, content) => ({ type: 'message', message: { role, content } });
const KEYS = {
  slack: 'agent:main:slack:channel:c024',
  telegram: 'agent:main:telegram:group:-100123:topic:7',
  bare: 'main',
  odd: 'agent:main:Ünï 🦀/..\\%2F--.',
  other: 'agent:Ops Team:main',
  folded: 'agent:main:cron:nightly',
  cutOff: 'agent:main:discord:channel:9',
  torn: 'agent:main:whatsapp:direct:+491',
};
const skills = { list: Array.from({ length: 300 }, (_, n) => `skill number ${n}`) };

/** Every kind of line and file that this version writes. */
async function fill(store) {
  const update = (key, patch) => store.update(key, patch, {});
  await update(KEYS.slack, { model: 'opus', lastChannel: 'slack', turns: 0 });
  await update(KEYS.slack, { turns: 1, model: null, label: 'Überblick 🦀' });
  await update(KEYS.slack, JSON.parse('{"__proto__":{"kept":true},"nested":{"a":[1,null,{}]}}'));
  await store.append(KEYS.telegram, said('user', 'hi'), { id: 'delivery-1' }, {});
  await store.append(KEYS.telegram, said('assistant', 'ho'), {}, {});
  await update(KEYS.telegram, { lastChannel: 'telegram', skills });
  await store.reset(KEYS.telegram, { reason: 'new', keep: ['lastChannel'] }, {});
  for (const text of ['one', 'two', 'three']) {
    await store.append(KEYS.telegram, said('user', text), {}, {});
  }
  for (const key of [KEYS.bare, KEYS.odd, KEYS.other]) await update(key, { key, skills });
  for (let n = 0; n < 556; n++) await update(KEYS.folded, { n, text: `${n}`.padEnd(900, '.') });
  await update(KEYS.folded, { text: null });
  await update('agent:main:gone', { n: 1 });
  await store.remove('agent:main:gone', {});
  await update(KEYS.cutOff, { n: 1 });
  const never = () => undefined;
  const holder = { host: 'gateway', pid: 4_242, instance: 'gateway-1' };
  const ask = { holder, label: 'reply', waitMs: 0, onInterrupt: never, onLost: never };
  await store.beginTurn(KEYS.cutOff, ask);
  await update(KEYS.torn, { n: 1 });
}

/** What a process leaves that dies in the middle of a line, for the next writer to keep aside. */
async function tear(store) {
  const sessions = join(root, 'agents/main/sessions/sessions.d');
  const folder = readdirSync(sessions).find((name) => name.startsWith('whatsapp'));
  appendFileSync(join(sessions, folder, 'meta.1.jsonl'), '{"rev":2,"at":17');
  now += 60_000;
  await store.update(KEYS.torn, { n: 2 }, {});
}

async function seen(store) {
  const sessions = {};
  for (const key of Object.values(KEYS)) {
    const { turn, ...state } = await store.read(key);
    const records = [];
    for await (const record of store.transcript(key, { onDamage: 'throw' })) records.push(record);
    sessions[key] = {
      ...state,
      ...(turn && { turn }),
      records,
      archives: await store.archives(key),
    };
  }
  return { sessions };
}

const store = await openFiles(root, options, system);
await fill(store);
await tear(store);
for await (const _row of store.list({ order: 'key' }));
await store.close();
const again = await openFiles(root, options, system);
const expected = `${JSON.stringify(await seen(again), null, 1)}\n`;
await again.close();
writeFileSync(join(target, 'expected.json'), expected);
