import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/contract/store.ts';
import type { LiveEvents, Overview, SessionsPage } from '../../src/inspector/wire.ts';
import { realWorld, type World } from '../../src/inspector/world.ts';
import {
  type Asking,
  afterwards,
  asking,
  eventually,
  opened,
  refusal,
  SLACK,
  TELEGRAM,
  temporary,
} from './asking.ts';

/** What a page hears, until it leaves. */
async function listening(asked: Asking, path = 'api/live') {
  const response = await asked.raw(path);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const decoder = new TextDecoder();
  const heard = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
    }
  })();
  const leave = () => reader.cancel();
  afterwards(leave);
  const named = <Name extends keyof LiveEvents>(name: Name): LiveEvents[Name][] =>
    events.filter(({ event }) => event === name).map(({ data }) => JSON.parse(data));
  const keys = () => new Set(named('changes').flatMap((change) => change.keys));
  return { named, keys, leave, heard };
}

/** Counts how many watches of a store go on. */
function watchesOf(store: Store): () => number {
  let watches = 0;
  const watch = store.watch.bind(store);
  store.watch = (options) => {
    watches += 1;
    options?.signal?.addEventListener('abort', () => {
      watches -= 1;
    });
    return watch(options);
  };
  return () => watches;
}

describe('a page that listens', () => {
  it('is told the overview at once, and again and again', async () => {
    const { named } = await listening(asking(await opened()));
    await eventually(() => named('overview').length >= 3);
    expect(named('overview')[0]).toMatchObject({ turns: { running: 0, cutOff: 0 } });
    const [first, , third] = named('overview') as [Overview, Overview, Overview];
    expect(third.at - first.at).toBeGreaterThanOrEqual(500);
  });

  it('is told what another store on the same directory changed, and gets it when it asks', async () => {
    const directory = temporary();
    const gateway = await opened(directory);
    await gateway.session(SLACK).update({ label: 'before' });
    const asked = asking(await opened(directory));
    const page = await listening(asked);
    const labels = async () =>
      (await asked.get<SessionsPage>('api/sessions')).body.rows.map(({ label }) => label);
    await eventually(async () => (await labels()).length === 1);
    await gateway.session(SLACK).update({ label: 'after' });
    await eventually(() => page.keys().has(SLACK));
    expect(await labels()).toEqual(['after']);
    await gateway.session(TELEGRAM).append({ type: 'note' });
    await eventually(() => page.keys().has(TELEGRAM));
    expect(await labels()).toHaveLength(2);
    await gateway.session(SLACK).remove();
    await eventually(async () => (await labels()).length === 1);
    await eventually(() => (page.named('overview').at(-1)?.sessions ?? 0) === 1);
  });

  it('is told how many updates there are, of all stores', async () => {
    const directory = temporary();
    const [gateway, own] = [await opened(directory), await opened(directory)];
    await gateway.session(SLACK).update({ n: 0 });
    await own.session(TELEGRAM).update({ n: 0 });
    const asked = asking(own);
    const { named } = await listening(asked);
    await eventually(() => named('overview').at(-1)?.complete === true);
    for (let n = 1; n <= 20; n++) {
      await gateway.session(SLACK).update({ n });
      await own.session(TELEGRAM).update({ n });
    }
    const told = () => named('overview').map(({ updatesPerSecond }) => updatesPerSecond);
    await eventually(() => told().some((rate) => rate > 0));
    // Those that straddle a second are told in two, so none is told twice and none is missed.
    expect(Math.max(...told())).toBeLessThanOrEqual(40);
  });

  it('hears of one session only when it asks for one', async () => {
    const store = await opened();
    const asked = asking(store);
    const one = await listening(asked, `api/live?key=${encodeURIComponent(SLACK)}`);
    const all = await listening(asked);
    await store.session(TELEGRAM).update({ a: 1 });
    await store.session(SLACK).update({ a: 1 });
    await eventually(() => one.keys().has(SLACK) && all.keys().has(TELEGRAM));
    expect([...one.keys()]).toEqual([SLACK]);
  });

  it('is told that there were more than it is told', async () => {
    const store = await opened();
    const asked = asking(store);
    const page = await listening(asked);
    await eventually(() => page.named('overview').at(-1)?.complete === true);
    const keys = Array.from({ length: 300 }, (_, n) => `agent:main:slack:channel:c${n}`);
    await Promise.all(keys.map((key) => store.session(key).update({ a: 1 })));
    await eventually(() => page.named('changes').some(({ more }) => more));
    for (const { keys } of page.named('changes')) expect(keys.length).toBeLessThanOrEqual(200);
  });

  it('is one of 32 at most; one that leaves makes room', async () => {
    const asked = asking(await opened());
    const pages = [];
    for (let n = 0; n < 32; n++) pages.push(await listening(asked));
    const refused = await refusal(asked.raw('api/live'));
    expect(refused).toMatchObject({ status: 503, code: 'LIMIT_EXCEEDED' });
    await pages[7]?.leave();
    await listening(asked);
  });

  it('keeps nothing going once all have left, those included that were not let in', async () => {
    const store = await opened();
    const watches = watchesOf(store);
    const soon: World['after'] = (ms, call) => realWorld.after(ms === 60_000 ? 10 : ms, call);
    const asked = asking(store, {}, { after: soon });
    const pages = [];
    for (let n = 0; n < 32; n++) pages.push(await listening(asked));
    expect(await refusal(asked.raw('api/live'))).toMatchObject({ status: 503 });
    expect(watches()).toBe(1);
    for (const page of pages) await page.leave();
    await eventually(() => watches() === 0);
  });

  it('is let go when the inspector closes, and so is its watch', async () => {
    const store = await opened();
    const watches = watchesOf(store);
    const asked = asking(store);
    const page = await listening(asked);
    expect(watches()).toBe(1);
    await asked.handler.close();
    await page.heard;
    expect(watches()).toBe(0);
    expect(await store.session(SLACK).update({ a: 1 })).toMatchObject({ rev: 1 });
  });

  it('is let go when the store closes', async () => {
    const store = await opened();
    const page = await listening(asking(store));
    await store.close();
    await page.heard;
  });
});

it('who does not read is told less, and nothing is kept for it', async () => {
  const store = await opened();
  const asked = asking(store);
  const { body } = await asked.raw('api/live');
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  afterwards(() => reader.cancel());
  const other = await listening(asked);
  const long = `agent:main:slack:channel:${'x'.repeat(900)}`;
  const keys = Array.from({ length: 200 }, (_, n) => `${long}${n}`);
  for (let round = 0; round < 6; round++) {
    await Promise.all(keys.map((key) => store.session(key).update({ round })));
    const told = other.named('changes').length;
    await eventually(() => other.named('changes').length > told);
  }
  await other.leave();
  let waiting = 0;
  await asked.handler.close();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    waiting += part.value.length;
  }
  // A quarter of a megabyte, and the one event with which it was passed.
  expect(waiting).toBeLessThan(600_000);
});
