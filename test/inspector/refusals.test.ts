import { describe, expect, it } from 'vitest';
import { inspector } from '../../src/inspector/index.ts';
import { asking, HERE, type Init, opened, refusal, SLACK } from './asking.ts';

const PAGE = new Map(
  Object.entries({
    'index.html': '<!doctype html><script src="assets/index-Ab3dEf7h.js"></script>',
    'assets/index-Ab3dEf7h.js': 'page()',
    'icon.svg': '<svg/>',
    'notes.txt': 'not served',
  }).map(([name, text]) => [name, new TextEncoder().encode(text)]),
);

async function looking(options = {}) {
  return asking(await opened(), options, { page: () => PAGE });
}

describe('who may ask', () => {
  it.each<[string, Init['headers'], number, string]>([
    ['no token', { authorization: null }, 401, 'UNAUTHORIZED'],
    ['a wrong token', { authorization: `Bearer ${'x'.repeat(43)}` }, 401, 'UNAUTHORIZED'],
    ['a token of another kind', { authorization: 'Basic eDp4' }, 401, 'UNAUTHORIZED'],
    ['an empty token', { authorization: 'Bearer ' }, 401, 'UNAUTHORIZED'],
    ['the name of another site', { host: 'evil.example' }, 403, 'FORBIDDEN'],
    ['a name that begins like ours', { host: '127.0.0.1.evil.example' }, 403, 'FORBIDDEN'],
    ['a foreign origin', { origin: 'https://evil.example' }, 403, 'FORBIDDEN'],
    ['another port of this machine', { origin: 'http://127.0.0.1:3000' }, 403, 'FORBIDDEN'],
    ['no origin that can be named', { origin: 'null' }, 403, 'FORBIDDEN'],
    ['a foreign site', { 'sec-fetch-site': 'cross-site' }, 403, 'FORBIDDEN'],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }, 403, 'FORBIDDEN'],
  ])('refuses %s', async (_what, headers = {}, status, code) => {
    const { raw } = await looking();
    for (const path of ['api/about', 'api/sessions', 'api/live', 'api/nothing']) {
      expect(await refusal(raw(path, { headers }))).toMatchObject({ status, code });
    }
    const act = raw('api/act', { method: 'POST', body: '{}', headers });
    expect(await refusal(act)).toMatchObject({ status, code });
  });

  it.each<[string, Init['headers']]>([
    ['the page', { origin: HERE, 'sec-fetch-site': 'same-origin' }],
    ['a program', {}],
    ['localhost', { host: 'localhost:4646', origin: 'http://localhost:4646' }],
    ['IPv6', { host: '[::1]:4646' }],
    ['a name that was allowed', { host: 'Gateway.internal' }],
    ['a runtime that hands on no Host', { host: null }],
  ])('lets %s in', async (_what, headers = {}) => {
    const { raw } = await looking({ hosts: ['gateway.INTERNAL'] });
    expect((await raw('api/about', { headers })).status).toBe(200);
  });

  it('takes the token that it was given, and makes one nobody can guess', async () => {
    const given = await looking({ token: 'a-token-of-mine-0' });
    expect(given.handler.token).toBe('a-token-of-mine-0');
    expect((await given.raw('api/about')).status).toBe(200);
    const made = [await looking(), await looking()].map(({ handler }) => handler.token);
    expect(new Set(made).size).toBe(2);
    for (const token of made) expect(token).toMatch(/^[\w-]{43}$/);
  });

  it('refuses a token in the address, where it would end in logs', async () => {
    const { raw, handler } = await looking();
    const headers = { authorization: null };
    expect((await raw(`api/about?token=${handler.token}`, { headers })).status).toBe(401);
  });

  it.each([
    ['HEAD', 'api/live', 405],
    ['OPTIONS', 'api/about', 405],
    ['POST', 'api/about', 405],
    ['PUT', 'api/act', 405],
    ['GET', 'api/act', 405],
    ['GET', 'api/nothing', 404],
    ['GET', 'api/', 404],
    ['GET', 'api/about/', 404],
    ['POST', '', 404],
  ])('knows no %s %s', async (method, path, status) => {
    const { raw } = await looking({ write: true });
    const got = await raw(path, { method });
    expect(got.status).toBe(status);
    expect(got.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what may be asked', () => {
  const key = encodeURIComponent(SLACK);
  it.each([
    ['api/about?x=1', 'x'],
    ['api/sessions?limit=0', 'limit'],
    ['api/sessions?limit=201', 'limit'],
    ['api/sessions?limit=1e2', 'limit'],
    ['api/sessions?offset=-1', 'offset'],
    ['api/sessions?offset=99999999999', 'offset'],
    ['api/sessions?age=soon', 'age'],
    ['api/sessions?state=asleep', 'state'],
    ['api/sessions?sort=__proto__', 'sort'],
    ['api/sessions?reverse=yes', 'reverse'],
    [`api/sessions?q=${'x'.repeat(201)}`, 'q'],
    [`api/sessions?agent=${'x'.repeat(1_025)}`, 'agent'],
    ['api/sessions?q=a&q=b', 'q'],
    ['api/session', 'key'],
    ['api/session?key=', 'key'],
    [`api/transcript?key=${key}&last=0`, 'last'],
    [`api/transcript?key=${key}&last=201`, 'last'],
    [`api/transcript?key=${key}&before=x`, 'before'],
    [`api/transcript?key=${key}&after=-5`, 'after'],
    [`api/record?key=${key}`, 'seq'],
    [`api/record?key=${key}&seq=1.5`, 'seq'],
    [`api/revisions?key=${key}&last=1001`, 'last'],
    ['api/live?keys=a', 'keys'],
  ])('refuses %s and names the parameter', async (path, name) => {
    const { raw } = await looking();
    const refused = await refusal(raw(path));
    expect(refused).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(refused.message).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it.each([
    [`api/session?key=${'x'.repeat(1_025)}`, 'INVALID_KEY', 400],
    ['api/session?key=a%00b', 'INVALID_KEY', 400],
    ['api/live?key=a%0Ab', 'INVALID_KEY', 400],
    [`api/transcript?key=${key}&sessionId=..%2F..%2Fetc`, 'INVALID_ENTRY', 400],
    [`api/session?key=${key}`, 'SESSION_GONE', 404],
    [`api/transcript?key=${key}`, 'SESSION_GONE', 404],
    [`api/record?key=${key}&seq=5`, 'SESSION_GONE', 404],
  ])('answers %s with %s', async (path, code, status) => {
    const { raw } = await looking();
    const refused = await refusal(raw(path));
    expect(refused).toMatchObject({ status, code });
    expect(refused.message).not.toMatch(/\bat .*:\d+/);
  });

  it('tells of a fault without its text', async () => {
    const told: Error[] = [];
    const store = await opened();
    const { raw } = asking(store, {}, { warn: (error) => told.push(error) });
    store.figures = () => Promise.reject(new TypeError('secret'));
    const got = await raw('api/storage');
    expect(got.status).toBe(500);
    expect(await got.text()).not.toContain('secret');
    expect(told.map(({ message }) => message)).toEqual(['secret']);
  });
});

describe('the page', () => {
  it('is served without a token, and its assets for good', async () => {
    const { raw } = await looking();
    const headers = { authorization: null };
    const page = await raw('', { headers });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const asset = await raw('assets/index-Ab3dEf7h.js', { headers });
    expect(await asset.text()).toBe('page()');
    expect(asset.headers.get('cache-control')).toContain('immutable');
    expect((await raw('icon.svg')).headers.get('content-type')).toBe('image/svg+xml');
  });

  it.each([
    'package.json',
    'notes.txt',
    'assets',
    'assets/',
    '../index.js',
    '%2e%2e/index.js',
    '..%2findex.js',
    'assets/..%2f..%2findex.js',
    'assets/%2e%2e%5cindex.html',
    '/etc/passwd',
    'index.html%00.js',
    'constructor',
    '__proto__',
    '%',
  ])('has nothing at %s', async (path) => {
    const { raw } = await looking();
    expect((await raw(path)).status).toBe(404);
  });

  it('refuses a foreign name here as well, and says when it was not built', async () => {
    const { raw } = await looking();
    expect((await raw('', { headers: { host: 'evil.example' } })).status).toBe(403);
    const bare = asking(await opened(), {}, { page: () => new Map() });
    expect(await refusal(bare.raw(''))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('is found below the path at which it is mounted, and nowhere else', async () => {
    for (const base of ['ops/inspector', '/ops/inspector', '/ops/inspector/']) {
      const { raw } = await looking({ base });
      expect((await raw('ops/inspector/')).status).toBe(200);
      expect((await raw('ops/inspector/assets/index-Ab3dEf7h.js')).status).toBe(200);
      expect((await raw('ops/inspector/api/about')).status).toBe(200);
      expect((await raw('api/about')).status).toBe(404);
      expect((await raw('')).status).toBe(404);
      const slash = await raw('ops/inspector');
      expect(slash.status).toBe(308);
      expect(slash.headers.get('location')).toBe('/ops/inspector/');
    }
  });
});

describe('every answer', () => {
  it.each(['', 'api/about', 'api/nothing', 'nothing', 'api/sessions?limit=x'])(
    'to /%s carries what a browser has to know',
    async (path) => {
      const { raw } = await looking();
      for (const headers of [{}, { authorization: null }, { host: 'evil.example' }]) {
        const got = await raw(path, { headers });
        expect(got.headers.get('content-security-policy')).toMatch(/^default-src 'none'; /);
        expect(got.headers.get('x-content-type-options')).toBe('nosniff');
        expect(got.headers.get('referrer-policy')).toBe('no-referrer');
        expect(got.headers.get('cross-origin-opener-policy')).toBe('same-origin');
        expect(got.headers.get('cross-origin-resource-policy')).toBe('same-origin');
        const kept = path === '' && got.status === 200 ? 'no-cache' : 'no-store';
        expect(got.headers.get('cache-control')).toBe(kept);
      }
    },
  );
});

describe('the options', () => {
  it.each([
    { token: 'short' },
    { token: 'with a blank in it' },
    { token: 5 },
    { base: '/a/:b' },
    { base: '/a*' },
    { base: 'http://x/' },
    { write: 'yes' },
    { hosts: 'x' },
    { hosts: ['a b'] },
    { hosts: ['*'] },
    { tokens: 'x' },
  ])('refuse %j', async (options) => {
    const store = await opened();
    expect(() => inspector(store, options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_ENTRY' }),
    );
  });
});

it('a handler that was closed says so', async () => {
  const { raw, handler } = await looking();
  await handler.close();
  await handler.close();
  expect(await refusal(raw('api/about'))).toMatchObject({ status: 503, code: 'STORE_CLOSED' });
});

it('a store that was closed is told as that', async () => {
  const store = await opened();
  const { raw } = asking(store);
  expect((await raw('api/sessions')).status).toBe(200);
  await store.close();
  for (const path of ['api/session?key=a', 'api/storage']) {
    expect(await refusal(raw(path))).toMatchObject({ status: 503, code: 'STORE_CLOSED' });
  }
  expect(await refusal(raw('api/sessions'))).toMatchObject({ status: 503 });
});
