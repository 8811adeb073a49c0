import { describe, expect, test } from 'vitest';
import { openStore, type StoreOptions } from '../../src/index.ts';

const opening = (options: unknown) => openStore('memory:', options as StoreOptions);

describe('options of a store', () => {
  test.each([
    ['a limit that is as long as the wait', { turnLimitMs: 600_000 }],
    ['a limit and a grace that are as long as the wait', { turnLimitMs: 595_000 }],
    ['a wait that is shorter than the limit', { turnLimitMs: 60_000, turnWaitMs: 1_000 }],
    ['too few descriptors', { openFilesMax: 15 }],
    ['a time that no timer can wait', { turnWaitMs: 2 ** 31 }],
    ['a negative number', { laneMax: -1 }],
    ['a limit of nothing', { turnLimitMs: 0 }],
  ])('C.13 R11.7 %s is refused when the store is opened', async (_what, options) => {
    await expect(opening(options)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  test('R11.7 the longest limit that leaves room for the grace is accepted', async () => {
    await (await opening({ turnLimitMs: 594_999 })).close();
  });

  test.each([
    [{ turnwaitMs: 1 }],
    [{ durable: true }],
    [{ laneMax: 1.5 }],
    [{ laneMax: '10' }],
    [{ turnWaitMs: Number.POSITIVE_INFINITY }],
    [{ lockWaitMs: Number.NaN }],
    [{ durability: 'disk' }],
    [{ instance: '' }],
    [{ instance: 7 }],
    [{ onWarning: 'log' }],
    ['quick'],
    [[]],
    [null],
  ])('%j is refused', async (options) => {
    await expect(opening(options)).rejects.toMatchObject({ code: 'INVALID_ENTRY' });
  });

  test('an unknown option is named, with those that there are', async () => {
    await expect(opening({ turnwaitMs: 1 })).rejects.toThrow(/"turnwaitMs".*turnWaitMs/);
  });

  test('an option that is undefined is as if left out', async () => {
    const store = await opening({ laneMax: undefined, instance: undefined });
    expect(store.instance).toMatch(/^[0-9a-f]{12}$/);
    await store.close();
  });

  test('a warning goes to the process when nobody asked for it', async () => {
    const told = new Promise<Error>((resolve) => process.once('warning', resolve));
    const store = await openStore('memory:');
    const stuck = store.session('agent:main:main').turn(
      async (turn) => {
        await new Promise((resolve) => turn.signal.addEventListener('abort', resolve));
      },
      { limitMs: 1, label: 'slow' },
    );
    const warning = await told;
    expect(warning.name).toBe('HoldfastWarning');
    expect(warning.message).toContain('slow');
    await stuck;
    await store.close();
  });
});
