import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/contract/store.ts';
import type {
  About,
  Overview,
  SessionsPage,
  SessionView,
  StorageView,
} from '../../src/inspector/wire.ts';
import type { Revision } from '../../src/model/state.ts';
import { afterwards, asking, eventually, opened, SLACK, TELEGRAM, temporary } from './asking.ts';

/** Three sessions of two agents, one after the other, each in a millisecond of its own. */
async function sample(store: Store): Promise<void> {
  await store.session('agent:main:main').update({ label: 'Home' });
  await nextMillisecond();
  await store.session(TELEGRAM).update({ label: 'Family' });
  await nextMillisecond();
  await store.session(SLACK).update({ model: 'opus', label: '#Release' });
  await store.session(SLACK).update({ model: null, tokens: 5 });
}

async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  await eventually(() => Date.now() > now);
}

/** Begins a turn that runs until the test ends it. */
async function turnIn(store: Store, key: string, label = 'reply'): Promise<() => Promise<void>> {
  let end: () => void = () => undefined;
  let done: Promise<void> = Promise.resolve();
  await new Promise<void>((began) => {
    const told = new Promise<void>((resolve) => {
      end = resolve;
    });
    done = store.session(key).turn(
      () => {
        began();
        return told;
      },
      { label },
    );
  });
  const ended = () => {
    end();
    return done;
  };
  afterwards(ended);
  return ended;
}

describe('what is seen', () => {
  it('of the inspector itself', async () => {
    const directory = temporary();
    const { get } = asking(await opened(directory, 'gateway'), { write: true });
    expect((await get<About>('api/about')).body).toEqual({
      location: directory,
      kind: 'files',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      write: true,
      instance: 'gateway',
      pid: process.pid,
    });
  });

  it('of the sessions: rows, sizes, and what can be filtered by', async () => {
    const store = await opened(temporary());
    await sample(store);
    const { get } = asking(store);
    const { body } = await get<SessionsPage>('api/sessions');
    expect(body).toMatchObject({ total: 3, all: 3, complete: true, offset: 0 });
    expect(body.rows.map(({ key }) => key)).toEqual([SLACK, TELEGRAM, 'agent:main:main']);
    expect(body.rows[0]).toMatchObject({
      ...{ key: SLACK, agentId: 'main', channel: 'slack', label: '#Release', rev: 2 },
      ...{ waiting: 0, oldestWaitMs: 0 },
      size: { metadata: expect.any(Number), transcript: 0, archives: 0 },
    });
    expect(body.agents).toEqual([
      { name: 'main', count: 2 },
      { name: 'work', count: 1 },
    ]);
    expect(body.channels.map(({ name }) => name)).toEqual(['slack', 'telegram']);
  });

  it.each<[Record<string, string | number>, string[]]>([
    [{ q: 'FAMILY' }, [TELEGRAM]],
    [{ q: 'slack:' }, [SLACK]],
    [{ q: 'a\nb' }, []],
    [{ agent: 'work' }, [TELEGRAM]],
    [{ channel: 'slack' }, [SLACK]],
    [{ age: 0 }, []],
    [{ age: 600_000, limit: 1 }, [SLACK]],
    [{ state: 'running' }, []],
    [{ state: 'idle', sort: 'key' }, ['agent:main:main', SLACK, TELEGRAM]],
    [{ sort: 'key', offset: 1, limit: 1 }, [SLACK]],
    [{ sort: 'key', reverse: 'true' }, [TELEGRAM, SLACK, 'agent:main:main']],
    [{ sort: 'created' }, [SLACK, TELEGRAM, 'agent:main:main']],
    [{ sort: 'agent', limit: 1, offset: 2 }, [TELEGRAM]],
    [{ sort: 'channel' }, [SLACK, TELEGRAM, 'agent:main:main']],
    [{ sort: 'rev', limit: 1 }, [SLACK]],
    [{ offset: 50 }, []],
  ])('of the sessions with %j', async (params, keys) => {
    const store = await opened();
    await sample(store);
    const { get } = asking(store, {}, { now: () => Date.now() + 60_000 });
    const { body } = await get<SessionsPage>('api/sessions', params);
    expect(body.rows.map(({ key }) => key)).toEqual(keys);
  });

  it('of one session: its entry, its archives, its revisions', async () => {
    const store = await opened(temporary());
    await sample(store);
    const before = await store.session(SLACK).read();
    await store.session(SLACK).reset({ reason: 'new', keep: 'none' });
    const { get } = asking(store);
    const { body } = await get<SessionView>('api/session', { key: SLACK });
    expect(body).toMatchObject({ entry: {}, row: { key: SLACK, rev: 3, channel: 'slack' } });
    expect(body.archives).toEqual([
      {
        sessionId: before?.sessionId,
        reason: 'new',
        label: '#Release',
        createdAt: expect.any(Number),
        archivedAt: expect.any(Number),
        bytes: 0,
      },
    ]);
    type Revisions = { revisions: Revision[] };
    const { revisions } = (await get<Revisions>('api/revisions', { key: TELEGRAM })).body;
    expect(revisions).toMatchObject([{ rev: 1, set: { label: 'Family' }, whole: true }]);
    const one = await get<Revisions>('api/revisions', { key: SLACK, last: 1 });
    expect(one.body.revisions).toMatchObject([{ rev: 3 }]);
  });

  it('of storage, which is looked at once for all who ask', async () => {
    const store = await opened();
    await sample(store);
    let looks = 0;
    const figures = store.figures.bind(store);
    store.figures = () => {
      looks += 1;
      return figures();
    };
    const { get } = asking(store);
    const got = await Promise.all([1, 2, 3].map(() => get<StorageView>('api/storage')));
    expect(got[0]?.body.figures.sessions).toBe(3);
    await get('api/storage');
    expect(looks).toBe(1);
  });

  it('of text that strangers wrote: JSON, and nothing else', async () => {
    const store = await opened();
    const hostile = '</script><img src=x onerror=alert(1)>"\u2028\u202e';
    const key = `agent:main:slack:channel:${hostile}`;
    await store.session(key).update({ label: hostile, html: hostile });
    await store.session(key).append({ type: 'message', message: { content: hostile } });
    const { get, raw } = asking(store);
    for (const path of ['api/session', 'api/transcript', 'api/revisions']) {
      const got = await raw(`${path}?key=${encodeURIComponent(key)}`);
      expect(got.headers.get('content-type')).toMatch(/^application\/json\b/);
      expect(JSON.stringify(await got.json())).toContain(JSON.stringify(hostile).slice(1, -1));
    }
    const { body } = await get<SessionsPage>('api/sessions', { q: 'ONERROR' });
    expect(body.rows).toMatchObject([{ key, label: hostile }]);
  });
});

describe('turns', () => {
  it('R11.10 a running turn shows who holds it, in its row and in the overview', async () => {
    const directory = temporary();
    const gateway = await opened(directory, 'slack');
    await sample(gateway);
    const end = await turnIn(gateway, SLACK);
    const { get } = asking(await opened(directory));
    const running = async () =>
      (await get<SessionsPage>('api/sessions', { state: 'running' })).body.rows;
    await eventually(async () => (await running()).length === 1);
    expect(await running()).toMatchObject([
      {
        key: SLACK,
        turn: {
          status: 'running',
          label: 'reply',
          holder: { pid: process.pid, instance: 'slack', host: expect.any(String) },
          startedAt: expect.any(Number),
        },
      },
    ]);
    const { body } = await get<Overview>('api/overview');
    expect(body.turns).toEqual({ running: 1, cutOff: 0 });
    await end();
    await eventually(async () => (await running()).length === 0);
  });

  it('C.6 the depth of a queue is seen in its row and in the overview', async () => {
    const store = await opened();
    await sample(store);
    const end = await turnIn(store, SLACK);
    const behind = [1, 2, 3].map(() => store.session(SLACK).turn(() => undefined));
    const { get } = asking(store);
    const waiting = await get<SessionsPage>('api/sessions', { state: 'waiting' });
    expect(waiting.body.rows).toMatchObject([{ key: SLACK, waiting: 3 }]);
    expect(waiting.body.rows[0]?.oldestWaitMs).toBeGreaterThan(0);
    const first = await get<SessionsPage>('api/sessions', { sort: 'waiting', limit: 1 });
    expect(first.body.rows[0]?.key).toBe(SLACK);
    const { body } = await get<Overview>('api/overview');
    expect(body.waiting).toMatchObject({ turns: 3, sessions: 1 });
    await end();
    await Promise.all(behind);
    expect((await get<Overview>('api/overview')).body.waiting.turns).toBe(0);
  });
});

it('the overview counts sessions, commits and bytes', async () => {
  const store = await opened();
  await sample(store);
  const { get } = asking(store);
  const overview = async () => (await get<Overview>('api/overview')).body;
  await eventually(async () => (await overview()).bytes !== undefined);
  await eventually(async () => (await overview()).complete);
  expect(await overview()).toMatchObject({
    sessions: 3,
    turns: { running: 0, cutOff: 0 },
    activity: { commits: 4 },
    bytes: { transcripts: 0, at: expect.any(Number) },
  });
});
