/**
 * Meets one large file and says what it cost: `node large-input.js <kind> <directory> <mebibytes>`
 * prints `{ kib, ms, outcome }`, the growth of resident memory and the processor time.
 */
import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';

const [kind, root, size] = process.argv.slice(2);
const MEBIBYTE = 1_048_576;
const bytes = Number(size) * MEBIBYTE;
const KEY = 'agent:main:main';

/** Appends pieces until the file is large enough. */
function grow(path, piece) {
  let at = 0;
  for (let n = 0; at < bytes; n++) {
    let text = '';
    while (text.length < MEBIBYTE) text += piece(n++);
    appendFileSync(path, text);
    at += text.length;
  }
}

async function pathIn(pattern) {
  const store = await openStore(root);
  await store.session(KEY).append({ type: 'note' });
  await store.close();
  const sessions = join(root, 'agents/main/sessions/sessions.d');
  const directory = join(
    sessions,
    readdirSync(sessions).find((name) => name.startsWith('main~')),
  );
  return join(
    directory,
    readdirSync(directory).find((name) => pattern.test(name)),
  );
}

const record = (n) =>
  `${JSON.stringify({ type: 'note', id: `r${n}`, parentId: null, timestamp: '2026-03-01T10:15:00.000Z', text: 'x'.repeat(300) })}\n`;

async function readAll() {
  const store = await openStore(root, { onWarning: () => undefined });
  let count = 0;
  for await (const _ of store.session(KEY).transcript()) count += 1;
  for await (const _ of store.session(KEY).transcript({ last: 50 })) count += 1;
  await store.session(KEY).append({ type: 'note' }, { id: 'new' });
  await store.close();
  return count > 0 ? 'read' : 'nothing';
}

async function readEntry() {
  const store = await openStore(root, { onWarning: () => undefined });
  try {
    await store.session(KEY).read();
    await store.session(KEY).update({ n: 1 });
    return 'read';
  } catch (error) {
    return error.code;
  } finally {
    await store.close();
  }
}

async function listed() {
  const store = await openStore(root);
  const keys = [];
  for await (const { key } of store.list()) keys.push(key);
  await store.close();
  return keys.join();
}

const KINDS = {
  'a transcript of records': async () => {
    grow(await pathIn(/^[0-9a-f-]{36}\.jsonl$/), record);
    return readAll;
  },
  'a transcript of one line': async () => {
    grow(await pathIn(/^[0-9a-f-]{36}\.jsonl$/), () => 'x'.repeat(1_000));
    return readAll;
  },
  'a metadata log of one line': async () => {
    grow(await pathIn(/^meta\./), () => 'x'.repeat(1_000));
    return readEntry;
  },
  'a metadata log of zeros': async () => {
    grow(await pathIn(/^meta\./), () => '\0'.repeat(1_000));
    return readEntry;
  },
  'a sessions.json': async () => {
    const directory = join(root, 'agents/main/sessions');
    mkdirSync(directory, { recursive: true });
    const path = join(directory, 'sessions.json');
    writeFileSync(path, '{"agent:main:x":null');
    grow(
      path,
      (n) =>
        `,"agent:main:slack:channel:c${n}":${JSON.stringify({ updatedAt: 1, text: 'x'.repeat(4_000) })}`,
    );
    appendFileSync(path, '}');
    return async () =>
      `${(await adoptStateDir(root, { onWarning: () => undefined })).refused.length > 0}`;
  },
  journals: async () => {
    await pathIn(/^meta\./);
    // A saved list first: what comes later in the journals is read line by line.
    await listed();
    grow(join(root, 'agents/main/sessions/changes/2.1.jsonl'), (n) => `["agent:main:main",${n}]\n`);
    return listed;
  },
};

const run = await KINDS[kind]();
const before = process.resourceUsage();
const outcome = await run();
const after = process.resourceUsage();
const ms =
  (after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1_000;
process.stdout.write(JSON.stringify({ kib: after.maxRSS - before.maxRSS, ms, outcome }));
