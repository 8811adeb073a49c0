/**
 * Who may come in. A server on loopback is within reach of every page in the browser of its user, so
 * each request is checked: its Host (a foreign name that leads here), its Origin, and its token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';

const HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/** Only what this server serves, and nothing that is written into the page. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** For every request but those of the inspector, which has doors of its own. @type {import('hono').MiddlewareHandler} */
export async function onlyFromHere(c, next) {
  const host = c.req.header('host') ?? '';
  if (!HOSTS.includes(host.replace(/:\d+$/, ''))) return c.json(refusal('a foreign Host'), 403);
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== `http://${host}`) {
    return c.json(refusal('a foreign Origin'), 403);
  }
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
}

/**
 * For everything that tells or changes something.
 * @param {string} token
 * @returns {import('hono').MiddlewareHandler}
 */
export function withToken(token) {
  const right = digest(token);
  return async (c, next) => {
    const [, given = ''] = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '') ?? [];
    if (!timingSafeEqual(digest(given), right)) {
      return c.json(
        refusal('no token, or a wrong one: use the link that the gateway printed'),
        401,
      );
    }
    const json = /^application\/json\b/.test(c.req.header('content-type') ?? '');
    if (c.req.method === 'POST' && !json) return c.json(refusal('a body that is not JSON'), 415);
    return await next();
  };
}

/** @param {string} message */
export function refusal(message) {
  return { error: { message: `Refused: ${message}.` } };
}

/** @param {string} text */
function digest(text) {
  return createHash('sha256').update(text).digest();
}
