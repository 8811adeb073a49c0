import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/index.ts';
import { collect, refused } from './collect.ts';
import { directoryOf } from './paths-of-session.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KEY = 'agent:main:main';
const began = process.cwd();
afterEach(() => process.chdir(began));

/** Ways to name one directory: what a user may write, and from where. */
function waysTo(above: string): [string, string | URL][] {
  const root = join(above, 'state');
  symlinkSync(root, join(above, 'link'));
  symlinkSync(above, join(above, 'up'));
  return [
    ['absolute', root],
    ['relative', 'state'],
    ['relative with a dot', './state'],
    ['relative through the parent', `../${relative(join(above, '..'), above)}/state`],
    ['with a slash at its end', `${root}/`],
    ['with a double slash', `${above}//state`],
    ['a file: URL as text', pathToFileURL(root).href],
    ['a file: URL as an object', pathToFileURL(root)],
    ['through a link', join(above, 'link')],
    ['through a link with a slash', `${join(above, 'link')}/`],
    ['below a link', join(above, 'up', 'state')],
  ];
}

test('R9.2 R9.4 every way to name one store leads to the same session and the same files', async () => {
  const above = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  mkdirSync(join(above, 'state'));
  const ways = waysTo(above);
  process.chdir(above);
  let rev = 0;
  let sessionId: string | undefined;
  for (const [name, location] of ways) {
    const store = await openStore(location);
    // Where the process goes later changes nothing.
    process.chdir(elsewhere);
    expect(store.location, name).toBe(join(above, 'state'));
    const session = store.session(KEY);
    rev += 1;
    const state = await session.update({ [name]: true });
    expect(state.rev, name).toBe(rev);
    sessionId ??= state.sessionId;
    expect(state.sessionId, name).toBe(sessionId);
    await session.append({ type: 'note', text: name });
    expect(
      (await collect(store.list())).map(({ key }) => key),
      name,
    ).toEqual([KEY]);
    expect(
      (await collect(session.transcript())).map(({ text }) => text),
      name,
    ).toHaveLength(rev);
    await store.close();
    process.chdir(above);
  }
  expect(readdirSync(join(above, 'state/agents'))).toEqual(['main']);
  expect(readdirSync(elsewhere)).toEqual([]);
  const last = await openStore('state');
  await last.session(KEY).reset();
  expect(await last.session(KEY).archives()).toHaveLength(1);
  expect(await last.session(KEY).remove()).toBe(true);
  await last.close();
  expect(existsSync(directoryOf(join(above, 'state'), KEY))).toBe(false);
});

test('R9.2 R10.6 two openings of one store by different names are one place: the same instance fences', async () => {
  const above = temporaryDirectory();
  mkdirSync(join(above, 'state'));
  process.chdir(above);
  let earlier: Store | undefined;
  for (const [name, location] of waysTo(above)) {
    const store = await openStore(location, { instance: 'gateway' });
    if (earlier) {
      const error = await refused('STORE_CLOSED', earlier.session(KEY).update({ n: 1 }));
      expect(error.message, name).toContain('gateway');
    }
    await store.session(KEY).update({ name });
    earlier = store;
  }
  await earlier?.close();
});

describe('R9.3 a location', () => {
  test.each([
    [''],
    ['(multiple)'],
    ['/srv/{agentId}/sessions'],
    ['\0'],
    ['a\0b'],
    ['\ud800'],
    [undefined],
    [null],
    [5],
    [{}],
    [['/tmp']],
  ])('is never made of %j', async (location) => {
    await refused('INVALID_ENTRY', openStore(location as string));
  });

  test.each(['~', '%2e%2e', 'C:\\state', 'a b', '$HOME', '*'])(
    'is taken as it is written: %j',
    async (name) => {
      const above = temporaryDirectory();
      process.chdir(above);
      const store = await openStore(`./${name}`);
      await store.session('agent:other:main').update({ n: 1 });
      await store.close();
      expect(readdirSync(above)).toEqual([name]);
      expect(readdirSync(join(above, name, 'agents'))).toEqual(['other']);
    },
  );

  test('is not touched by labels and other fields of an entry', async () => {
    const root = join(temporaryDirectory(), 'state');
    const store = await openStore(root);
    const labels = ['(multiple)', '', '.', '..', '../../x', '{agentId}', '/etc'];
    for (const label of labels) {
      const entry = { label, displayName: label, agentId: label, storePath: label };
      await store.session(KEY).update(entry);
    }
    expect(readdirSync(join(root, 'agents'))).toEqual(['main']);
    expect(readdirSync(join(root, '..'))).toEqual(['state']);
    const [row] = await collect(store.list());
    expect(row).toMatchObject({ agentId: 'main', label: '/etc' });
    await store.close();
  });
});
