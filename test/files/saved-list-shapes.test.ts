/** A saved list is a cache that anybody may have written: its checksum says nothing of its shape. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { realMachine } from '../../src/system/machine.ts';
import { collect } from './collect.ts';
import { openStoreAt } from './open-store-at.ts';
import { pathsOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const HEAD = { v: 2, boot: realMachine.boot, positions: {}, pending: [] };
const ROW = { key: 'main', agentId: 'main', rev: 1, sessionId: 'x', createdAt: 1, updatedAt: 1 };

it.each([
  ['no list of rows', [HEAD, { rows: [] }]],
  ['a row that is nothing', [HEAD, [null]]],
  ['a row without a key', [HEAD, [{ ...ROW, key: 7 }]]],
  ['positions of another kind', [{ ...HEAD, positions: { 1: null } }, [ROW]]],
  ['no positions', [{ ...HEAD, positions: undefined }, [ROW]]],
  ['pending keys of another kind', [{ ...HEAD, pending: 7 }, [ROW]]],
  ['a head that is nothing', [null, [ROW]]],
])('R7.4 a saved list with %s hides no session', async (_, lines) => {
  const root = temporaryDirectory();
  const { changes } = pathsOf(root, 'main');
  const { store } = await openStoreAt(root);
  await store.session('agent:main:slack:channel:c1').update({ n: 1 });
  await store.close();
  mkdirSync(changes, { recursive: true });
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(join(changes, 'list.9.jsonl'), `${body}${crc32(body)}\n`);
  const { backend } = await openStoreAt(root);
  const keys = (await collect(backend.list({ order: 'key' }))).map(({ key }) => key);
  expect(keys).toEqual(['agent:main:slack:channel:c1']);
  await backend.close();
  const newest = readdirSync(changes).filter((name) => name.startsWith('list.'));
  expect(newest).toHaveLength(1);
  expect(readFileSync(join(changes, newest[0] as string), 'utf8')).toContain('slack');
});
