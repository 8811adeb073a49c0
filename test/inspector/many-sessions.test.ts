import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { LiveIndex } from '../../src/inspector/live-index.ts';
import type { SessionsPage } from '../../src/inspector/wire.ts';
import { afterwards, asking, eventually, opened, temporary } from './asking.ts';

const COUNT = 10_000;
const keyOf = (n: number) => `agent:a${n % 7}:slack:channel:c${String(n).padStart(6, '0')}`;

async function filled(location: string, count = COUNT) {
  const store = await opened(location);
  for (let n = 0; n < count; n += 500) {
    const some = Array.from({ length: Math.min(500, count - n) }, (_, i) => n + i);
    await Promise.all(some.map((i) => store.session(keyOf(i)).update({ label: `Room ${i}` })));
  }
  return store;
}

describe('ten thousand sessions', () => {
  it('are paged, searched and counted, and the first page comes while they are listed', async () => {
    const store = await filled('memory:');
    const { get } = asking(store);
    const sessions = async (params = {}) => (await get<SessionsPage>('api/sessions', params)).body;
    const began = performance.now();
    const first = await sessions();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(first.rows).toHaveLength(50);
    await eventually(async () => (await sessions({ limit: 1 })).complete);

    const seen = new Set<string>();
    for (let offset = 0; offset < COUNT; offset += 200) {
      const page = await sessions({ sort: 'key', offset, limit: 200 });
      expect(page).toMatchObject({ total: COUNT, all: COUNT, offset });
      for (const { key } of page.rows) seen.add(key);
    }
    expect(seen.size).toBe(COUNT);
    expect((await sessions({ q: 'ROOM 77' })).total).toBe(111);
    expect((await sessions({ agent: 'a3', limit: 1 })).total).toBe(1_429);
    expect(first.agents.length).toBeLessThanOrEqual(7);
  });

  it('are sorted without holding up anybody', async () => {
    const store = await filled('memory:');
    const { get } = asking(store);
    await eventually(async () => (await get<SessionsPage>('api/sessions')).body.complete);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    for (const sort of ['updated', 'key', 'agent', 'rev', 'turn']) {
      await get<SessionsPage>('api/sessions', { sort, q: 'room', reverse: 'true' });
    }
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(150);
  });
});

describe('an index', () => {
  it('has the rows of a store as it is, after whatever happened while it was made', async () => {
    const directory = temporary();
    const store = await filled(directory, 400);
    const other = await opened(directory);
    const index = new LiveIndex(other);
    afterwards(() => index.close());
    for (let n = 0; n < 400; n += 3) await store.session(keyOf(n)).update({ label: `new ${n}` });
    for (let n = 1; n < 400; n += 3) await store.session(keyOf(n)).remove();
    for (let n = 400; n < 420; n++) await store.session(keyOf(n)).append({ type: 'note' });
    const expected = new Map<string, number>();
    for await (const { key, rev } of store.list()) expected.set(key, rev);
    const now = () =>
      new Map([...index.table.rows].map(([key, { summary }]) => [key, summary.rev]));
    await eventually(() => index.complete && now().size === expected.size);
    await eventually(() => [...now()].every(([key, rev]) => expected.get(key) === rev));
    const agents = index.table.agents.largest(100);
    expect(agents.reduce((sum, { count }) => sum + count, 0)).toBe(expected.size);
  });

  it('looks again after a store that could not be listed', async () => {
    const store = await filled('memory:', 5);
    const list = store.list.bind(store);
    let failures = 2;
    store.list = (options) => {
      failures -= 1;
      if (failures >= 0) throw new TypeError('no list today');
      return list(options);
    };
    const index = new LiveIndex(store);
    afterwards(() => index.close());
    await index.ready(1, 20_000);
    expect(() => index.check()).toThrow('no list today');
    await eventually(() => index.complete);
    index.check();
    expect(index.table.rows.size).toBe(5);
  });

  it('counts updates by session', async () => {
    const store = await filled('memory:', 3);
    const index = new LiveIndex(store);
    afterwards(() => index.close());
    await eventually(() => index.complete);
    for (let n = 0; n < 30; n++) await store.session(keyOf(1)).update({ n });
    for (let n = 0; n < 5; n++) await store.session('agent:main:new').update({ n });
    const movers = () => index.rate.movers(10);
    await eventually(() => movers().reduce((sum, { updates }) => sum + updates, 0) >= 35);
    expect(movers()).toEqual([
      { key: keyOf(1), updates: 30 },
      { key: 'agent:main:new', updates: 5 },
    ]);
    expect(index.rate.movers(1)).toHaveLength(1);
  });
});
