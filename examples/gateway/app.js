/** The gateway over HTTP: its page, what is told live, and what a person can do in a chat. */
import { isHoldfastError } from 'holdfast';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import { onlyFromHere, refusal, withToken } from './doors.js';
import { liveEvents } from './live.js';
import { pageFiles } from './page-files.js';

const TEXT_MAX = 8_000;
const BODY_BYTES_MAX = 64 * 1024;
const PAGES_MAX = 32;

/**
 * @param {import('./gateway.js').Gateway} gateway
 * @param {{ token: string, inspect: (request: Request) => Response | Promise<Response> }} parts
 */
export function gatewayApp(gateway, { token, inspect }) {
  const app = new Hono();
  app.get('/inspector', (c) => c.redirect('/inspector/'));
  app.all('/inspector/*', (c) => inspect(c.req.raw));
  app.use(onlyFromHere);
  for (const [path, { body, type }] of pageFiles()) {
    app.get(path, (c) => c.body(body, 200, { 'content-type': type }));
  }
  app.use('/api/*', withToken(token), bodyLimit({ maxSize: BODY_BYTES_MAX, onError: tooLarge }));
  app.get('/api/live', (c) => live(c, gateway));
  app.get('/api/chats', (c) => c.json([...gateway.chats.values()].map(({ view }) => view)));
  app.post('/api/chats/:name/:verb', (c) => act(c, gateway));
  app.notFound((c) => c.json(refusal('there is no such place'), 404));
  app.onError((error, c) => {
    if (isHoldfastError(error))
      return c.json({ error: { code: error.code, message: error.message } }, 409);
    console.error(error);
    return c.json({ error: { message: 'It failed; the gateway has printed why.' } }, 500);
  });
  return app;
}

let pages = 0;

/** @param {import('hono').Context} c @param {import('./gateway.js').Gateway} gateway */
function live(c, gateway) {
  if (pages >= PAGES_MAX) return c.json(refusal(`${PAGES_MAX} pages look on already`), 429);
  pages += 1;
  const left = new AbortController();
  return streamSSE(c, async (stream) => {
    stream.onAbort(() => left.abort());
    try {
      const until = AbortSignal.any([left.signal, gateway.closing]);
      for await (const { event, data } of liveEvents(gateway, until)) {
        await stream.writeSSE({ event, data: JSON.stringify(data) });
      }
    } finally {
      pages -= 1;
    }
  });
}

/** @param {import('hono').Context} c @param {import('./gateway.js').Gateway} gateway */
async function act(c, gateway) {
  const { name = '', verb = '' } = c.req.param();
  const chat = gateway.chats.get(name);
  const action = ACTIONS.get(verb);
  if (chat === undefined || action === undefined) return c.notFound();
  const body = await c.req.json().catch(() => {
    // What is no JSON is refused as what has no fields.
  });
  const outcome = await action(chat, body !== null && typeof body === 'object' ? body : {});
  if (outcome === true) return c.json({ done: true });
  if (outcome === false) return c.json(refusal('it is not the time for that any more'), 409);
  return c.json(refusal(outcome), 400);
}

/**
 * What can be done in a chat: `true` when it was done, `false` when it came too late, and words when
 * the body makes no sense.
 * @typedef {(chat: import('./chat.js').Chat, body: any) => Promise<boolean | string>} Action
 */

/** @type {Record<string, Action>} */
const VERBS = {
  async messages(chat, { id, text }) {
    if (!isId(id)) return 'a message needs an id of its own';
    if (typeof text !== 'string' || text.trim() === '') return 'a message needs a text';
    if (text.length > TEXT_MAX) return `a message has at most ${TEXT_MAX} characters`;
    const accepted = await chat.accept(id, text.toWellFormed());
    return accepted || 'too many messages of this chat wait; send it again later';
  },
  async again(chat, { id }) {
    if (!isId(id)) return 'name the message';
    await chat.again(id);
    return true;
  },
  async stop(chat, { fence }) {
    return Number.isSafeInteger(fence) ? await chat.stop(fence) : 'name the turn by its fence';
  },
  async reset(chat) {
    await chat.reset();
    return true;
  },
  async restore(chat, { sessionId }) {
    if (!isId(sessionId)) return 'name the conversation';
    await chat.restore(sessionId);
    return true;
  },
};

const ACTIONS = new Map(Object.entries(VERBS));

/** @param {unknown} id */
function isId(id) {
  return typeof id === 'string' && /^[\w-]{8,64}$/.test(id);
}

/** @param {import('hono').Context} c */
function tooLarge(c) {
  return c.json(refusal('a body that is too large'), 413);
}
