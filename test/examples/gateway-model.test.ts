import { afterEach, describe, expect, it } from 'vitest';
import { clearAway, freshDirectory, GatewayRun, type View } from './gateway-run.ts';
import { type ModelEndpoint, modelEndpoint, streamed } from './model-endpoint.ts';

let endpoint: ModelEndpoint | undefined;
afterEach(async () => {
  await clearAway();
  await endpoint?.close();
  endpoint = undefined;
});

const answered = (id: string, reason: string) => (view: View) =>
  view.exchanges.some((exchange) => exchange.id === id && exchange.answer?.stopReason === reason);
const answerTo = ({ exchanges }: View, id: string) =>
  exchanges.find((exchange) => exchange.id === id)?.answer;

describe('the gateway with a model', () => {
  it('asks the endpoint that the environment names, with what was said before', async () => {
    endpoint = await modelEndpoint((response, { messages }) =>
      streamed(response, ['Grüße', ' 👋\n', `to ${messages.length}`]),
    );
    const env = { AGENT_URL: endpoint.url, AGENT_KEY: 'test-key', AGENT_MODEL: 'tiny' };
    const run = await GatewayRun.start(freshDirectory(), env);
    expect(run.printed('Agent')).toBe(`tiny at ${new URL(endpoint.url).host}`);
    await run.act('left', 'messages', { id: 'message-0', text: 'one' });
    const first = await run.seen('left', answered('message-0', 'stop'));
    expect(answerTo(first, 'message-0')?.text).toBe('Grüße 👋\nto 1');
    await run.act('left', 'messages', { id: 'message-1', text: 'two' });
    const view = await run.seen('left', ({ facts }) => facts.turns === 2);
    expect(answerTo(view, 'message-1')?.text).toBe('Grüße 👋\nto 3');
    expect(view.facts).toEqual({ turns: 2, model: 'tiny', tokens: 36 });
    expect(endpoint.asked).toHaveLength(2);
    expect(endpoint.asked[1]).toMatchObject({
      authorization: 'Bearer test-key',
      path: '/v1/chat/completions',
      body: {
        model: 'tiny',
        stream: true,
        messages: [
          { role: 'user', content: 'one' },
          { role: 'assistant', content: 'Grüße 👋\nto 1' },
          { role: 'user', content: 'two' },
        ],
      },
    });
  });

  it('shows what the endpoint refuses, keeps the message, and asks again', async () => {
    let refuse = true;
    endpoint = await modelEndpoint((response) => {
      if (!refuse) return streamed(response, ['Now.']);
      response.writeHead(429, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: 'slow down' } }));
    });
    const env = { OPENAI_BASE_URL: endpoint.url, AGENT_MODEL: 'tiny' };
    const run = await GatewayRun.start(freshDirectory(), env);
    await run.act('left', 'messages', { id: 'message-0', text: 'hello' });
    const failed = await run.seen('left', answered('message-0', 'error'));
    expect(answerTo(failed, 'message-0')).toMatchObject({
      text: '',
      errorMessage: `${new URL(endpoint.url).host}: status 429 slow down`,
    });
    refuse = false;
    expect(await run.act('left', 'again', { id: 'message-0' })).toBe(200);
    const view = await run.seen('left', answered('message-0', 'stop'));
    expect(answerTo(view, 'message-0')?.text).toBe('Now.');
    expect(view.exchanges).toHaveLength(1);
    expect(endpoint.asked.map(({ body }) => body.messages.length)).toEqual([1, 1]);
  });

  it('keeps the words of an answer that broke off', async () => {
    endpoint = await modelEndpoint((response, { messages }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const data = { choices: [{ delta: { content: 'Half' } }] };
      response.write(`data: ${JSON.stringify(data)}\n\n`);
      if (messages.at(-1)?.content === 'end') return response.end();
      if (messages.at(-1)?.content === 'fail') {
        return response.end('data: {"error":{"message":"out of memory"}}\n\n');
      }
      return response.write(': nothing more, but no end\n\n', () => response.destroy());
    });
    const env = { AGENT_URL: endpoint.url, AGENT_MODEL: 'tiny' };
    const run = await GatewayRun.start(freshDirectory(), env);
    const reasons: Record<string, RegExp> = {
      'end-of-it': /its answer broke off/,
      'fails-it': /out of memory/,
      destroyed: /terminated/,
    };
    const texts = ['end', 'fail', 'destroy'];
    for (const [n, [id, reason]] of Object.entries(reasons).entries()) {
      await run.act('left', 'messages', { id, text: texts[n] });
      const view = await run.seen('left', answered(id, 'error'));
      expect(answerTo(view, id)).toMatchObject({ text: 'Half' });
      expect(answerTo(view, id)?.errorMessage).toMatch(reason);
    }
  });

  it('says so when nobody is at the address, and needs the name of a model', async () => {
    endpoint = await modelEndpoint(() => undefined);
    const { url } = endpoint;
    await endpoint.close();
    const run = await GatewayRun.start(freshDirectory(), { AGENT_URL: url, AGENT_MODEL: 'tiny' });
    await run.act('right', 'messages', { id: 'message-0', text: 'hello' });
    const view = await run.seen('right', answered('message-0', 'error'));
    expect(answerTo(view, 'message-0')?.errorMessage).toMatch(/fetch failed.*ECONNREFUSED/);
    await expect(GatewayRun.start(freshDirectory(), { AGENT_URL: url })).rejects.toThrow(
      /AGENT_MODEL must name the model/,
    );
  });

  it('stops an endpoint in the middle of its answer', async () => {
    let closed: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    endpoint = await modelEndpoint((response) => {
      response.on('close', () => closed?.());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"Hm"}}]}\n\n');
    });
    const env = { AGENT_URL: endpoint.url, AGENT_MODEL: 'tiny' };
    const run = await GatewayRun.start(freshDirectory(), env);
    await run.act('left', 'messages', { id: 'message-0', text: 'hello' });
    const busy = await run.seen('left', ({ running }) => running?.text === 'Hm');
    await run.act('left', 'stop', { fence: busy.turn?.fence });
    const view = await run.seen('left', answered('message-0', 'aborted'));
    expect(answerTo(view, 'message-0')?.text).toBe('Hm');
    await gone;
  });
});
