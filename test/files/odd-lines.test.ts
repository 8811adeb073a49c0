import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeLine, sealLine } from '../../src/backends/files/log-line.ts';
import { collect, refused } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { filesMatching } from './tree-of.ts';

const KEYS = ['agent:main:odd', 'agent:main:other'] as const;
const [KEY] = KEYS;
const LEVELS = 100_000;

/** With its right checksum, as another program may have written it. */
function sealBytes(open: Buffer): Buffer {
  const sum = crc32(open).toString(16).padStart(8, '0');
  return Buffer.concat([open, Buffer.from(`,"c":"${sum}"}\n`)]);
}

const LINES: [string, string | Buffer][] = [
  [
    '100,000 levels',
    sealLine(`{"rev":2,"at":1,"set":{"a":${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}}`),
  ],
  ['a number that is none', sealLine('{"rev":2,"at":1,"set":{"a":1e999}')],
  [
    'bytes that are no UTF-8',
    sealBytes(Buffer.from('{"rev":2,"at":1,"set":{"a":"\xff"}', 'latin1')),
  ],
];

test.each(LINES)('R8.3 R7.4 a line with %s is damage of its session alone', async (_, line) => {
  const { store } = await openStoreAt(temporaryDirectory());
  for (const key of KEYS) await store.session(key).update({ key });
  await store.close();
  appendFileSync(join(directoryOf(store.location, KEY), 'meta.1.jsonl'), line);
  const { store: again } = await openStoreAt(store.location);
  expect((await collect(again.list())).map(({ key }) => key).sort()).toEqual([...KEYS]);
  const error = await refused('ENTRY_DAMAGED', again.session(KEY).read());
  expect(error.lastGood).toMatchObject({ rev: 1, entry: { key: KEY } });
  await again.repair({ dryRun: false });
  expect((await again.session(KEY).update({ mended: true })).entry).toEqual({
    key: KEY,
    mended: true,
  });
});

test('R8.3 an archive of another shape with its right checksum is told and hides no other one', async () => {
  const { store, warnings } = await openStoreAt(temporaryDirectory());
  const session = store.session(KEY);
  const first = (await session.update({ n: 1 })).sessionId;
  await session.reset();
  await session.reset();
  const [path = ''] = filesMatching(directoryOf(store.location, KEY), new RegExp(`${first}.arch`));
  const { c: _checksum, ...line } = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, encodeLine({ ...line, entry: [] }));
  expect(await session.archives()).toHaveLength(1);
  expect(warnings.map(({ code }) => code)).toEqual(['ENTRY_DAMAGED']);
  await refused('ENTRY_DAMAGED', session.restore(first));
});
