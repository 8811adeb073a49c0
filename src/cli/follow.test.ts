import { expect, it } from 'vitest';
import { openStore } from '../open-store.ts';
import { follow } from './follow.ts';

const KEY = 'agent:main:main';

it('tells records and conversations in order, from the last ones on, and ends with its signal', async () => {
  const store = await openStore('memory:');
  const session = store.session(KEY);
  const say = (n: number) => session.append({ type: 'custom', n });
  await say(1);
  await say(2);
  const stop = new AbortController();
  const told: unknown[] = [];
  const news = follow(store, KEY, { last: 1, signal: stop.signal });
  const next = async () => {
    const { value } = await news.next();
    told.push('record' in value ? value.record.n : value.ended);
  };
  await next();
  await say(3);
  await store.session('agent:main:other').append({ type: 'custom', n: 'of another session' });
  await next();
  await say(4);
  const first = (await session.read())?.sessionId ?? '';
  await session.reset();
  await say(5);
  await next();
  await next();
  await next();
  await session.restore(first);
  await next();
  await say(6);
  await next();
  await session.remove();
  await next();
  expect(told).toEqual([2, 3, 4, 'new conversation', 5, 'new conversation', 6, 'removed']);
  const last = news.next();
  stop.abort();
  expect(await last).toEqual({ done: true, value: undefined });
  await store.close();
});

it('begins with nothing when asked for no record', async () => {
  const store = await openStore('memory:');
  const session = store.session(KEY);
  for (const n of [1, 2]) await session.append({ type: 'custom', n });
  const stop = new AbortController();
  const news = follow(store, KEY, { last: 0, signal: stop.signal });
  let told: number | undefined;
  const first = news.next().then(({ value }) => {
    told = value.record.n;
  });
  // It follows from some moment after the call on; until then there is always another record.
  for (let n = 3; told === undefined; n += 1) {
    await session.append({ type: 'custom', n });
    await new Promise(setImmediate);
  }
  await first;
  expect(told).toBeGreaterThan(2);
  stop.abort();
  await store.close();
});
