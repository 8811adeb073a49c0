import { openStore } from 'holdfast';
import { afterEach, describe, expect, it } from 'vitest';
import { clearAway, freshDirectory, GatewayRun, type View } from './gateway-run.ts';

afterEach(clearAway);

const answered = (id: string) => (view: View) =>
  view.exchanges.some((exchange) => exchange.id === id && exchange.progress === 'answered');
const speaks = (id: string) => (view: View) =>
  view.running?.id === id && view.running.text.length > 0;
const at = (view: View, id: string) => view.exchanges.find((exchange) => exchange.id === id);
/** The answer comes first, and what is known of the chat with the next commit. */
const counted = (id: string, turns: number) => (view: View) =>
  answered(id)(view) && view.facts.turns >= turns;

describe('the gateway', () => {
  it('answers one chat while a long answer runs in the other one', async () => {
    const run = await GatewayRun.start(freshDirectory());
    expect(await run.act('left', 'messages', { id: 'long-0001', text: 'count to 3000' })).toBe(200);
    await run.seen('left', speaks('long-0001'));
    expect(await run.act('right', 'messages', { id: 'short-01', text: 'hello' })).toBe(200);
    const right = await run.seen('right', counted('short-01', 1));
    expect(at(right, 'short-01')?.answer?.text).toBe('I heard “hello” and nothing before it.');
    expect(right).toMatchObject({ key: 'agent:main:web:direct:right', facts: { turns: 1 } });
    const left = await run.view('left');
    expect(at(left, 'long-0001')?.progress).toBe('running');
    expect(left.turn).toMatchObject({ pid: run.child.pid, cutOff: false });

    expect(await run.act('left', 'stop', { fence: 99 })).toBe(409);
    expect(await run.act('left', 'stop', { fence: left.turn?.fence })).toBe(200);
    const stopped = at(await run.seen('left', answered('long-0001')), 'long-0001');
    expect(stopped?.answer).toMatchObject({ stopReason: 'aborted' });
    expect(stopped?.answer?.text).toMatch(/^1 2 3/);
    expect(await run.interrupt()).toBe(0);
    expect(run.output).toMatch(/its store is closed/);
  });

  it('answers the messages of one chat in their order, and shows how many wait', async () => {
    const run = await GatewayRun.start(freshDirectory());
    const texts = ['count to 600', 'second', 'third'];
    for (const [n, text] of texts.entries()) {
      expect(await run.act('left', 'messages', { id: `message-${n}`, text })).toBe(200);
    }
    const queue = (view: View) => view.exchanges.map(({ progress, place }) => [progress, place]);
    const queued = JSON.stringify([
      ['running', 0],
      ['waiting', 1],
      ['waiting', 2],
    ]);
    await run.seen('left', (view) => view.waiting === 2 && JSON.stringify(queue(view)) === queued);
    const done = await run.seen('left', answered('message-2'));
    expect(done.exchanges.map(({ answer }) => answer?.text)).toEqual([
      Array.from({ length: 600 }, (_, n) => n + 1).join(' '),
      'I heard “second” and one message before it.',
      'I heard “third” and 2 messages before it.',
    ]);
    expect(await run.interrupt()).toBe(0);
  });

  it('takes a message once, however often it is sent', async () => {
    const run = await GatewayRun.start(freshDirectory());
    const message = { id: 'message-0', text: 'once' };
    const sent = await Promise.all([1, 2, 3].map(() => run.act('left', 'messages', message)));
    expect(sent).toEqual([200, 200, 200]);
    await run.seen('left', answered('message-0'));
    expect(await run.act('left', 'messages', message)).toBe(200);
    expect(await run.act('left', 'messages', { ...message, text: 'twice' })).toBe(409);
    expect(await run.act('left', 'messages', { id: 'message-1', text: 'next' })).toBe(200);
    const view = await run.seen('left', counted('message-1', 2));
    expect(view.exchanges).toHaveLength(2);
    expect(view.facts.turns).toBe(2);
  });

  it('refuses what would wait behind too many, and keeps what it has accepted', async () => {
    const run = await GatewayRun.start(freshDirectory());
    const sent = Array.from({ length: 103 }, (_, n) => {
      const text = n === 0 ? 'count to 5000' : 'next';
      return run.act('right', 'messages', { id: `message-${n}`, text });
    });
    const statuses = await Promise.all(sent);
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.filter((status) => status === 400)).toHaveLength(3);
    await run.seen('right', (view) => view.waiting === 99 && view.exchanges.length === 100);
    expect(await run.act('right', 'reset', {})).toBe(200);
    await run.seen('right', (seen) => !seen.turn && seen.waiting === 0);
  });

  it('archives with a reset, also messages that wait, and goes on after a restore', async () => {
    const run = await GatewayRun.start(freshDirectory());
    await run.act('left', 'messages', { id: 'message-0', text: 'count to 2000' });
    await run.act('left', 'messages', { id: 'message-1', text: 'waits' });
    const before = await run.seen(
      'left',
      (view) => view.waiting === 1 && view.running !== undefined,
    );
    expect(await run.act('left', 'reset', {})).toBe(200);
    const empty = await run.seen('left', (view) => !view.turn && view.archives.length === 1);
    expect(empty).toMatchObject({ exchanges: [], waiting: 0, trouble: '' });
    expect(empty.archives[0]?.sessionId).toBe(before.sessionId);

    await run.act('left', 'messages', { id: 'message-2', text: 'anew' });
    const anew = await run.seen('left', answered('message-2'));
    expect(at(anew, 'message-2')?.answer?.text).toMatch(/and nothing before it/);
    expect(await run.act('left', 'restore', { sessionId: 'no-such-conversation' })).toBe(409);
    expect(await run.act('left', 'restore', { sessionId: before.sessionId })).toBe(200);
    const back = await run.seen('left', speaks('message-0'));
    expect(await run.act('left', 'stop', { fence: back.turn?.fence })).toBe(200);
    const done = await run.seen('left', answered('message-1'));
    expect(done.exchanges.map(({ id }) => id)).toEqual(['message-0', 'message-1']);
    expect(done.archives).toHaveLength(1);
  });

  it('loses nothing when it is killed: the next one answers, and says what was cut off', async () => {
    const directory = freshDirectory();
    const first = await GatewayRun.start(directory);
    await first.act('left', 'messages', { id: 'message-0', text: 'count to 800' });
    await first.act('left', 'messages', { id: 'message-1', text: 'waits' });
    await first.act('right', 'messages', { id: 'message-2', text: 'count to 700' });
    await first.seen('right', speaks('message-2'));
    await first.seen('left', speaks('message-0'));
    await first.kill();

    const second = await GatewayRun.start(directory, { AGENT_PACE_MS: '0' });
    expect(second.token).toBe(first.token);
    const left = await second.seen('left', answered('message-1'));
    const right = await second.seen('right', answered('message-2'));
    expect(left.exchanges.map(({ id }) => id)).toEqual(['message-0', 'message-1']);
    expect(at(left, 'message-0')?.answer?.text).toMatch(/^1 2 3 .* 800$/);
    expect(at(left, 'message-1')?.answer?.text).toMatch(/and one message before it/);
    expect(at(right, 'message-2')?.answer?.text).toMatch(/ 700$/);
    const killed = [{ pid: first.child.pid }];
    expect(at(left, 'message-0')?.cutOff).toMatchObject(killed);
    expect(at(left, 'message-1')?.cutOff).toEqual([]);
    expect(at(right, 'message-2')?.cutOff).toMatchObject(killed);
    expect(await second.interrupt()).toBe(0);

    await using store = await openStore(`${directory}/store`);
    expect(await store.verify()).toMatchObject({ ok: true, checked: { sessions: 2 } });
    const said: string[] = [];
    for await (const { id } of store.session(left.key).transcript()) said.push(id);
    expect(said.filter((id) => id.startsWith('message-'))).toEqual(['message-0', 'message-1']);
  });

  it('ends at Ctrl-C in the middle of an answer, which the next start gives', async () => {
    const directory = freshDirectory();
    const first = await GatewayRun.start(directory);
    await first.act('left', 'messages', { id: 'message-0', text: 'count to 800' });
    await first.act('left', 'messages', { id: 'message-1', text: 'waits' });
    await first.seen('left', speaks('message-0'));
    expect(await first.interrupt()).toBe(0);
    const second = await GatewayRun.start(directory, { AGENT_PACE_MS: '0' });
    const view = await second.seen('left', answered('message-1'));
    expect(at(view, 'message-0')).toMatchObject({ cutOff: [], answer: { stopReason: 'stop' } });
  });

  it('shows what other processes do, and two gateways share a store', async () => {
    const directory = freshDirectory();
    const first = await GatewayRun.start(directory);
    const second = await GatewayRun.start(directory);
    await first.act('left', 'messages', { id: 'message-0', text: 'count to 2000' });
    const busy = await second.seen('left', (view) => view.turn?.pid === first.child.pid);
    expect(await second.act('left', 'messages', { id: 'message-1', text: 'after it' })).toBe(200);
    await second.seen('left', ({ waiting }) => waiting === 1);
    expect(await second.act('left', 'stop', { fence: busy.turn?.fence })).toBe(200);
    const view = await first.seen('left', answered('message-1'));
    expect(at(view, 'message-0')?.answer).toMatchObject({ stopReason: 'aborted' });
  });
});
