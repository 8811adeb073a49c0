import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clearAway, freshDirectory, GatewayRun } from './gateway-run.ts';

let run: GatewayRun;
beforeAll(async () => {
  run = await GatewayRun.start(freshDirectory());
});
afterAll(clearAway);

/** A request as no browser would send it: with any Host and any path. */
async function raw(
  path: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]> }> {
  const { hostname, port } = new URL(run.place);
  return await new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode, headers: response.headers });
    });
    asked.on('error', reject);
    asked.end(method === 'POST' ? '{}' : undefined);
  });
}

const own = () => ({ authorization: `Bearer ${run.token}` });

describe('the doors of the gateway', () => {
  it('serves its page to who is here, and nothing else of it', async () => {
    const page = await raw('/', {});
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'/,
    );
    for (const path of ['/../app.js', '/%2e%2e/app.js', '/page/..%2fapp.js', '/doors.js']) {
      expect((await raw(path, {})).status, path).toBe(404);
    }
  });

  it('tells nobody anything without the secret of its link', async () => {
    for (const path of ['/api/live', '/api/chats', '/api/no-such-place']) {
      expect((await raw(path, {})).status, path).toBe(401);
      expect((await raw(path, { authorization: 'Bearer x' })).status, path).toBe(401);
    }
    expect((await raw('/api/chats/left/reset', {}, 'POST')).status).toBe(401);
    expect((await raw('/inspector/api/about', {})).status).toBe(401);
    expect((await raw('/inspector/api/about', own())).status).toBe(200);
  });

  it('lets no foreign page in', async () => {
    expect((await raw('/', { host: 'evil.example' })).status).toBe(403);
    expect((await raw('/api/chats', { ...own(), host: 'evil.example:80' })).status).toBe(403);
    const foreign = { ...own(), origin: 'http://127.0.0.1:1', 'content-type': 'application/json' };
    expect((await raw('/api/chats/left/reset', foreign, 'POST')).status).toBe(403);
    const form = { ...own(), 'content-type': 'text/plain' };
    expect((await raw('/api/chats/left/reset', form, 'POST')).status).toBe(415);
  });

  it.each<[string, object, number]>([
    ['messages', {}, 400],
    ['messages', { id: 'short', text: 'x' }, 400],
    ['messages', { id: '../../../etc', text: 'x' }, 400],
    ['messages', { id: 'message-0', text: '   ' }, 400],
    ['messages', { id: 'message-0', text: 'x'.repeat(8_001) }, 400],
    ['messages', { id: 'message-0', text: 'x'.repeat(70_000) }, 413],
    ['stop', { fence: 'x' }, 400],
    ['restore', {}, 400],
    ['constructor', {}, 404],
    ['no-such-verb', {}, 404],
  ])('refuses to %s what makes no sense', async (verb, body, status) => {
    expect(await run.act('left', verb, body)).toBe(status);
  });

  it('refuses what is no JSON, and a chat that there is not', async () => {
    const bad = await run.fetch('/api/chats/left/messages', { method: 'POST', body: '{' });
    expect(bad.status).toBe(400);
    expect(await run.act('middle', 'reset', {})).toBe(404);
  });

  it('looks for another port when its own is taken, and says so', async () => {
    const port = Number(new URL(run.place).port);
    const other = await GatewayRun.start(freshDirectory(), {}, port);
    expect(other.output).toContain(`Port ${port} is taken`);
    expect(new URL(other.place).port).not.toBe(String(port));
  });
});
