import { openStore, type Store } from 'holdfast';
import { expect, test } from 'vitest';
import { Child, newDirectory } from './child.ts';

const KEY = 'agent:main:slack:channel:c024';

/** What a task has done when it fails: each is an await between the beginning of a turn and its end. */
const STEPS: Record<string, [string, ...unknown[]][]> = {
  'before its first await': [],
  'after a read': [['read']],
  'after an update': [['read'], ['update', { step: 1 }]],
  'after an append': [['read'], ['update', { step: 2 }], ['append', { type: 'note' }]],
  'after a refused update': [['update', { step: 'x'.repeat(2_000_000) }]],
};
const LIMITS = { limitMs: 40, graceMs: 40 };
const ENDS: Record<string, { how: string; options?: object; becomes: string }> = {
  throws: { how: 'throw', becomes: 'the task failed' },
  'is aborted': { how: 'abort', becomes: 'the caller gave up' },
  'heeds its limit': { how: 'wait', options: { turn: LIMITS }, becomes: 'TURN_LOST' },
  'outlives its limit': {
    how: 'wait',
    options: { turn: LIMITS, heedless: true },
    becomes: 'TURN_LOST',
  },
};

async function isFree(store: Store): Promise<void> {
  const session = store.session(KEY);
  expect((await session.read())?.turn).toBeUndefined();
  expect(await session.turn(() => 'free', { whenBusy: 'reject' })).toBe('free');
}

test.each(Object.entries(ENDS))(
  'R10.5 a task that %s at any await leaves its turn free for another process at once',
  async (_name, { how, options, becomes }) => {
    const directory = newDirectory();
    const child = await Child.gateway(directory);
    const store = await openStore(directory);
    for (const steps of Object.values(STEPS)) {
      await child.ask('beginTurn', KEY, options);
      for (const step of steps) {
        // A step may be refused, or come after the limit: what counts is what is left afterwards.
        await child.ask('turnCall', KEY, ...step).catch((error: { code?: string }) => {
          expect(['LIMIT_EXCEEDED', 'TURN_LOST']).toContain(error.code);
        });
      }
      expect(await child.ask('endTurn', KEY, how)).toBe(becomes);
      await isFree(store);
    }
    expect(await child.ask('lanes')).toEqual([]);
    await store.close();
  },
);

test('R10.5 a task that is aborted while it waits for its turn leaves no place in the line', async () => {
  const directory = newDirectory();
  const [holder, waiter] = await Promise.all([Child.gateway(directory), Child.gateway(directory)]);
  const store = await openStore(directory);
  for (const end of ['abort', 'deadline']) {
    await holder.ask('beginTurn', KEY);
    const [options, abortMs] = end === 'abort' ? [{}, 100] : [{ waitMs: 100 }, 10_000];
    expect(await waiter.ask('waitForTurn', KEY, options, abortMs)).toBe(
      end === 'abort' ? 'the caller gave up' : 'SESSION_BUSY',
    );
    expect(await waiter.ask('lanes')).toEqual([]);
    await holder.ask('endTurn', KEY, 'return');
    await isFree(store);
  }
  await store.close();
});

test('R10.5 a lock is free when the function of an update throws inside it', async () => {
  const directory = newDirectory();
  const child = await Child.gateway(directory);
  const store = await openStore(directory, { lockWaitMs: 0 });
  for (const what of ['throws', 'returns a promise', 'returns no JSON', 'is too large']) {
    expect(await child.ask('failInCommit', KEY, what)).toBe('refused');
    await store.session(KEY).update({ after: what });
  }
  expect((await store.session(KEY).read())?.rev).toBe(4);
  await store.close();
});
