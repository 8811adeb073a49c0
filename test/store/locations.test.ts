import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../../src/index.ts';

const KEY = 'agent:main:main';
const before = process.cwd();
let directory: string;

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-locations-')));
  process.chdir(directory);
});

afterEach(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true });
});

/** Opens a location, writes, and says where the store lies. */
async function locationOf(location: string | URL): Promise<string> {
  const store = await openStore(location);
  await store.session(KEY).update({ here: true });
  await store.close();
  return store.location;
}

describe('a location', () => {
  test.each([
    'plain',
    'with space',
    'back\\slash',
    'agents/x/agents/y',
    '~',
    'C:x',
    'ä',
    '%2F',
    'a:b',
  ])('R1.6 %j is a directory and nothing more', async (name) => {
    expect(await locationOf(name)).toBe(join(directory, name));
    expect(readdirSync(directory)).toEqual([name.split('/')[0]]);
    const again = await openStore(join(directory, name));
    expect((await again.session(KEY).read())?.agentId).toBe('main');
    await again.close();
  });

  test('R1.6 a path with .. means what it says', async () => {
    expect(await locationOf('a/../b/./c')).toBe(join(directory, 'b/c'));
    expect(readdirSync(directory)).toEqual(['b']);
  });

  test('R1.6 the agent comes from the key, whatever the path looks like', async () => {
    const store = await openStore('agents/alice/sessions');
    await store.session('agent:bob:main').update({ a: 1 });
    const rows = [];
    for await (const row of store.list()) rows.push(row.agentId);
    expect(rows).toEqual(['bob']);
    await store.close();
  });

  test('R9.4 a relative path is resolved once, when the store is opened', async () => {
    const store = await openStore('state');
    await store.session(KEY).update({ a: 1 });
    process.chdir('/');
    await store.session(KEY).update({ a: 2 });
    await store.session('agent:other:main').append({ type: 'note' });
    expect(readdirSync(directory)).toEqual(['state']);
    await store.close();
    expect(await locationOf(join(directory, 'state'))).toBe(join(directory, 'state'));
  });

  test('R9.4 two paths to one directory are one place', async () => {
    const one = await openStore('state', { instance: 'same' });
    const two = await openStore(join(directory, 'x', '..', 'state'), { instance: 'same' });
    await expect(one.session(KEY).read()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await two.close();
  });

  test('a file: URL is its path', async () => {
    const path = join(directory, 'with space');
    expect(await locationOf(pathToFileURL(path))).toBe(path);
    expect(await locationOf(pathToFileURL(path).href)).toBe(path);
  });

  test.each([
    ['', 'INVALID_ENTRY'],
    ['a\0b', 'INVALID_ENTRY'],
    ['a\nb', 'INVALID_ENTRY'],
    [undefined, 'INVALID_ENTRY'],
    [7, 'INVALID_ENTRY'],
    ['file://elsewhere/state', 'INVALID_ENTRY'],
    ['(multiple)', 'INVALID_ENTRY'],
    ['agents/{agentId}/sessions', 'INVALID_ENTRY'],
    ['postgres://me:secret@127.0.0.1:1/db', 'IO_FAILED'],
    ['postgresql://me:secret@127.0.0.1:1/db', 'IO_FAILED'],
    ['redis://me:secret@host', 'STORE_UNSUPPORTED'],
    [new URL('https://me:secret@host/'), 'STORE_UNSUPPORTED'],
  ])('R9.3 %s can not be one', async (location, code) => {
    const refusal = openStore(location as string);
    await expect(refusal).rejects.toMatchObject({ code });
    await expect(refusal).rejects.not.toThrow(/secret/);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a store in memory', () => {
  test('is shared by all who open its name, and by nobody else', async () => {
    const [one, two, other] = await Promise.all([
      openStore('memory:shared'),
      openStore('memory:shared'),
      openStore('memory:other'),
    ]);
    await one.session(KEY).update({ a: 1 });
    expect((await two.session(KEY).read())?.entry).toEqual({ a: 1 });
    expect(await other.session(KEY).read()).toBeUndefined();
    for (const store of [one, two, other]) await store.close();
    const again = await openStore(new URL('memory:shared'));
    expect((await again.session(KEY).read())?.rev).toBe(1);
    await again.close();
  });

  test('without a name is private, also under the same instance name', async () => {
    const one = await openStore('memory:', { instance: 'same' });
    const two = await openStore('memory:', { instance: 'same' });
    await one.session(KEY).turn(async () => {
      expect(await two.session(KEY).turn(() => 'not nested')).toBe('not nested');
    });
    expect(await one.session(KEY).read()).toBeDefined();
    await one.close();
    await two.close();
  });
});
