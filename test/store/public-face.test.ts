import { expect, test } from 'vitest';
import * as holdfast from '../../src/index.ts';

/** Everything that can be called on a value, its class included. */
function methodsOf(value: object): string[] {
  const names = new Set<string>();
  for (
    let at: object | null = value;
    at && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Object.getOwnPropertyNames(at)) {
      if (typeof Reflect.get(value, name) === 'function') names.add(name);
    }
  }
  names.delete('constructor');
  return [...names].sort();
}

test('C.2 the face is per session: nothing loads or saves all of them', async () => {
  const store = await holdfast.openStore('memory:');
  expect(methodsOf(store)).toEqual([
    'activity',
    'close',
    'figures',
    'lanes',
    'list',
    'repair',
    'session',
    'verify',
    'watch',
  ]);
  expect(methodsOf(store.session('agent:main:main'))).toEqual([
    'append',
    'archives',
    'interrupt',
    'read',
    'remove',
    'reset',
    'restore',
    'revisions',
    'size',
    'transcript',
    'turn',
    'update',
  ]);
  await store.session('agent:main:main').turn((turn) => {
    expect(methodsOf(turn)).toEqual(['append', 'read', 'update']);
  });
  await store.close();
});

test('the package exports these names', () => {
  expect(Object.keys(holdfast).sort()).toEqual([
    'ERROR_CODES',
    'HoldfastError',
    'LIMITS',
    'agentOf',
    'formatSessionKey',
    'isHoldfastError',
    'openStore',
    'parseSessionKey',
    'sessionKey',
    'storeOver',
  ]);
});

test('a store says where it lies, what kind it is and who opened it', async () => {
  const store = await holdfast.openStore('memory:face', { instance: 'me' });
  expect(store).toMatchObject({
    location: 'memory:face',
    kind: 'memory',
    instance: 'me',
    supports: { processes: false, durable: false },
  });
  await store.close();
});
