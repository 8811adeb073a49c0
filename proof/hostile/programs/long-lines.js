/**
 * Opens a store in which a file of one session has a line of 600 MB, and uses that session and
 * another one. A process of its own, so that its memory is its own. Prints what it saw.
 *
 *     node long-lines.js <directory> <transcript|log|unfinished log|archive|journal|list>
 */
import { closeSync, ftruncateSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';

const [directory, kind] = process.argv.slice(2);
const MB = 1_000_000;
const KEY = 'agent:main:long';
const codes = {};
const onWarning = ({ code }) => {
  codes[code] = (codes[code] ?? 0) + 1;
};

async function collect(items) {
  const all = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A hole takes no room on the disk and reads as zeros; a few other bytes stand before it. */
function lengthen(path, ends) {
  const fd = openSync(path, 'r+');
  const { size } = statSync(path);
  writeSync(fd, '{"type":"note","rev":2,"text":"', size);
  ftruncateSync(fd, size + 600 * MB);
  if (ends) writeSync(fd, '\n', size + 600 * MB);
  closeSync(fd);
}

function find(pattern) {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return join(
    directory,
    names.find((name) => pattern.test(name)),
  );
}

const first = await openStore(directory, { onWarning });
await first.session(KEY).append({ type: 'note', text: 'before' });
await first.session('agent:other:main').update({ n: 1 });
await collect(first.list());
await first.close();
const PLACES = {
  transcript: [/long~.*[0-9a-f]{12}\.jsonl$/, true],
  'unfinished transcript': [/long~.*[0-9a-f]{12}\.jsonl$/, false],
  log: [/long~.*meta\.1\.jsonl$/, true],
  'unfinished log': [/long~.*meta\.1\.jsonl$/, false],
  journal: [/main.sessions.changes.1\.1\.jsonl$/, true],
  list: [/main.sessions.changes.list\.\d+\.jsonl$/, true],
};
const [pattern, ends] = PLACES[kind];
lengthen(find(pattern), ends);

const rssBefore = process.memoryUsage().rss;
let rssMax = rssBefore;
const watch = setInterval(() => {
  rssMax = Math.max(rssMax, process.memoryUsage().rss);
}, 5);
let late = performance.now();
let heldMsMax = 0;
const loop = setInterval(() => {
  heldMsMax = Math.max(heldMsMax, performance.now() - late);
  late = performance.now();
}, 1);

const store = await openStore(directory, { onWarning });
const began = performance.now();
const session = store.session(KEY);
const seen = {};
async function attempt(name, call) {
  try {
    seen[name] = await call();
  } catch (error) {
    seen[name] = error.name === 'HoldfastError' ? error.code : String(error.stack);
  }
}
await attempt('read', async () => (await session.read()).rev);
await attempt('append', async () => (await session.append({ type: 'note', text: 'after' })).type);
await attempt('transcript', async () =>
  (await collect(session.transcript())).map(({ text }) => text).join(' '),
);
await attempt('last', async () => (await collect(session.transcript({ last: 1 }))).length);
await attempt('list', async () => (await collect(store.list())).length);
await attempt('other', async () => (await store.session('agent:other:main').update({ n: 2 })).rev);
await attempt('verify', async () => (await store.verify()).ok);
const seconds = (performance.now() - began) / 1_000;
clearInterval(watch);
clearInterval(loop);
await store.close();
const { maxRSS } = process.resourceUsage();
process.stdout.write(
  JSON.stringify({ seen, codes, seconds, grownMb: (maxRSS * 1_024 - rssBefore) / MB, heldMsMax }),
);
