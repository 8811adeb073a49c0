import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../contract/store.ts';
import { openStore } from '../open-store.ts';
import { type KeyUse, resolveKey, resolveSessionId, storeUseFor } from './resolve-key.ts';

const SLACK = 'agent:main:slack:channel:c024';
const TELEGRAM = 'agent:work:telegram:group:-1001234501';
const USES: KeyUse[] = ['look', 'change', 'create', 'remove'];
let store: Store;

beforeAll(async () => {
  store = await openStore('memory:');
  for (const key of [SLACK, `${SLACK}:thread:1`, TELEGRAM, 'agent:work:main', 'global']) {
    await store.session(key).update({});
  }
});

afterAll(() => store.close());

describe('resolveKey', () => {
  it.each(USES)('finds a whole key and whole segments to %s', async (use) => {
    expect(await resolveKey(store, SLACK, use)).toBe(SLACK);
    expect(await resolveKey(store, 'c024', use)).toBe(SLACK);
    expect(await resolveKey(store, 'global', use)).toBe('global');
  });

  it('finds part of a word for everything but removing', async () => {
    for (const use of ['look', 'change', 'create'] as const) {
      expect(await resolveKey(store, '1234501', use)).toBe(TELEGRAM);
    }
    await expect(resolveKey(store, '1234501', 'remove')).rejects.toMatchObject({
      code: 'SESSION_GONE',
      candidates: [TELEGRAM],
    });
  });

  it('takes what looks like a whole key for a part only to look', async () => {
    const part = 'agent:work:telegram';
    expect(await resolveKey(store, part, 'look')).toBe(TELEGRAM);
    expect(await resolveKey(store, part, 'create')).toBe(part);
    for (const use of ['change', 'remove'] as const) {
      await expect(resolveKey(store, part, use)).rejects.toMatchObject({
        code: 'SESSION_GONE',
        candidates: [TELEGRAM],
      });
    }
  });

  it('refuses what fits several or none, with a remedy', async () => {
    for (const use of USES) {
      await expect(resolveKey(store, 'work', use)).rejects.toMatchObject({
        code: 'AMBIGUOUS_KEY',
        candidates: ['agent:work:main', TELEGRAM],
      });
      await expect(resolveKey(store, 'nowhere', use)).rejects.toMatchObject({
        code: 'SESSION_GONE',
        candidates: [],
      });
      await expect(resolveKey(store, '', use)).rejects.toMatchObject({ code: 'INVALID_KEY' });
    }
  });
});

describe('resolveSessionId', () => {
  const ids = ['0199c5aa-1', '0199c5bb-2'];

  it('takes any part that fits one', () => {
    expect(resolveSessionId('0199c5bb-2', ids, SLACK)).toBe('0199c5bb-2');
    expect(resolveSessionId('aa', ids, SLACK)).toBe('0199c5aa-1');
    expect(() => resolveSessionId('0199', ids, SLACK)).toThrow(/more than one session id/);
    expect(() => resolveSessionId('x', ids, SLACK)).toThrow(/no archived conversation/);
  });
});

it('storeUseFor lets only a whole key make a store', () => {
  expect(storeUseFor(SLACK)).toBe('create');
  expect(storeUseFor('global')).toBe('create');
  expect(storeUseFor('c024')).toBe('existing');
  expect(() => storeUseFor('')).toThrow(expect.objectContaining({ code: 'INVALID_KEY' }));
});
