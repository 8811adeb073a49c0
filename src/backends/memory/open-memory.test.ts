import { describe, expect, it } from 'vitest';
import type { TurnAsk } from '../../contract/backend.ts';
import { openMemory } from './open-memory.ts';
import { realWorld } from './world.ts';

const KEY = 'agent:main:main';
const ASK: TurnAsk = {
  holder: { host: 'host', pid: 1, instance: 'x' },
  waitMs: 0,
  onInterrupt: () => undefined,
  onLost: () => undefined,
};

describe('the back end in memory', () => {
  it('forgets a store without a name, and keeps one with a name', async () => {
    await openMemory('').update(KEY, { a: 1 }, {});
    expect(await openMemory('').read(KEY)).toBeUndefined();
    const named = openMemory('kept');
    await named.update(KEY, { a: 1 }, {});
    await named.close();
    expect((await openMemory('kept').read(KEY))?.entry).toEqual({ a: 1 });
  });

  it('counts the records of a conversation from 1', async () => {
    const backend = openMemory('');
    const seqs = [];
    for (let i = 0; i < 3; i += 1) {
      seqs.push((await backend.append(KEY, { type: 'note' }, {}, {})).seq);
    }
    await backend.reset(KEY, { reason: 'new', keep: 'all' }, {});
    seqs.push((await backend.append(KEY, { type: 'note' }, {}, {})).seq);
    expect(seqs).toEqual([1, 2, 3, 1]);
  });

  it('R2.7 does not go back in time with its clock', async () => {
    let now = 5_000;
    const backend = openMemory('', { ...realWorld, now: () => now });
    const first = await backend.update(KEY, { a: 1 }, {});
    now = 1_000;
    const second = await backend.update(KEY, { a: 2 }, {});
    expect([first.updatedAt, second.updatedAt]).toEqual([5_000, 5_000]);
  });

  it('a closed store cuts its turns off, as the death of a process would', async () => {
    const [one, two] = [openMemory('cut'), openMemory('cut')];
    const { fence } = await one.beginTurn(KEY, ASK);
    await one.close();
    expect((await two.read(KEY))?.turn).toMatchObject({ fence, status: 'cut-off' });
    await expect(two.update(KEY, { a: 1 }, { fence })).rejects.toMatchObject({ code: 'TURN_LOST' });
    const { previous } = await two.beginTurn(KEY, ASK);
    expect(previous).toMatchObject({ fence, ended: 'cut-off' });
  });

  it('R10.2 verify reports a conversation that two keys have', async () => {
    const backend = openMemory('');
    const past = { sessionId: 'same', entry: {}, createdAt: 1, updatedAt: 1 };
    await backend.adopt('agent:a:main', past);
    expect((await backend.verify()).ok).toBe(true);
    await backend.adopt('agent:b:main', past);
    const { ok, problems } = await backend.verify();
    expect(ok).toBe(false);
    expect(problems).toMatchObject([
      { code: 'DUPLICATE', severity: 'damage', key: 'agent:b:main' },
    ]);
    expect((await backend.repair({ dryRun: false })).remaining).toEqual(problems);
  });

  it('a watcher that is left, or never read, is let go', async () => {
    const backend = openMemory('');
    const end = new AbortController();
    const left = backend.watch(end.signal)[Symbol.asyncIterator]();
    const next = left.next();
    await left.return?.();
    await backend.update(KEY, { a: 1 }, {});
    expect(await next).toEqual({ done: true, value: undefined });
    const unread = backend.watch(end.signal)[Symbol.asyncIterator]();
    end.abort();
    await backend.update(KEY, { a: 2 }, {});
    expect(await unread.next()).toEqual({ done: true, value: undefined });
  });
});
