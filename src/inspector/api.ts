import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Store } from '../contract/store.ts';
import { actionOf } from './action-body.ts';
import { carryOut } from './carry-out.ts';
import type { InspectorSettings } from './inspector-options.ts';
import type { LiveStream } from './live-stream.ts';
import type { LiveStreams } from './live-streams.ts';
import type { LookedAtIndex } from './looked-at-index.ts';
import { overviewOf } from './overview.ts';
import { Parameters } from './parameters.ts';
import { Refused } from './refusal.ts';
import { checkAction } from './security.ts';
import { sessionView } from './session-view.ts';
import { sessionsPage } from './sessions-page.ts';
import { sessionsQuery } from './sessions-query.ts';
import type { StorageLook } from './storage-look.ts';
import { transcriptPage, wholeRecord } from './transcript-page.ts';
import type { About, Overview } from './wire.ts';
import type { World } from './world.ts';

const BODY_BYTES_MAX = 65_536;
const RECORDS_MAX = 200;
const REVISIONS_MAX = 1_000;

/** What the routes work with. */
export interface Parts {
  store: Store;
  settings: InspectorSettings;
  world: World;
  looked: LookedAtIndex;
  storage: StorageLook;
  streams: LiveStreams;
}

/** Adds the routes below `api/`; who may ask was looked at before. See wire.ts. */
export function addApi(app: Hono, parts: Parts): void {
  const at = (name: string) => `${parts.settings.base}api/${name}`;
  addWholeStore(app, parts, at);
  addOneSession(app, parts.store, at);
  addActions(app, parts, at);
}

/** The overview at this moment. */
export function overviewNow({ store, world, looked, storage }: Omit<Parts, 'streams'>): Overview {
  storage.refresh();
  return overviewOf(store, looked.use().index, storage.last, world.now());
}

type At = (name: string) => string;

function addWholeStore(app: Hono, parts: Parts, at: At): void {
  const { store, settings, world, looked, storage, streams } = parts;
  app.get(at('about'), (c) => {
    none(c);
    const { location, kind, instance } = store;
    const { write } = settings;
    const about: About = {
      location,
      kind,
      version: world.version(),
      write,
      instance,
      pid: world.pid,
    };
    return c.json(about);
  });
  app.get(at('overview'), (c) => {
    none(c);
    looked.use().index.check();
    return c.json(overviewNow(parts));
  });
  app.get(at('sessions'), async (c) => {
    const query = sessionsQuery(c.req.url);
    const { index, sorted } = looked.use();
    return c.json(await sessionsPage(store, index, sorted, query));
  });
  app.get(at('storage'), async (c) => {
    none(c);
    return c.json(await storage.asked());
  });
  app.get(at('live'), (c) => {
    const key = new Parameters(c.req.url, ['key']).optionalKey();
    looked.use().index.check();
    const { body } = listen(streams, key, looked.hold());
    return c.body(body, 200, { 'content-type': 'text/event-stream; charset=utf-8' });
  });
}

/** Whoever is not let in holds nothing. */
function listen(streams: LiveStreams, key: string | undefined, left: () => void): LiveStream {
  try {
    return streams.open(key, left);
  } catch (error) {
    left();
    throw error;
  }
}

function addOneSession(app: Hono, store: Store, at: At): void {
  app.get(at('session'), async (c) => {
    return c.json(await sessionView(store, new Parameters(c.req.url, ['key']).key()));
  });
  app.get(at('transcript'), async (c) => {
    const names = ['key', 'sessionId', 'before', 'after', 'last'];
    const given = new Parameters(c.req.url, names);
    const ask = {
      key: given.key(),
      sessionId: given.sessionId(),
      before: given.whole('before', 0),
      after: given.whole('after', 0),
      last: given.whole('last', 1, RECORDS_MAX),
    };
    return c.json(await transcriptPage(store, ask));
  });
  app.get(at('record'), async (c) => {
    const given = new Parameters(c.req.url, ['key', 'sessionId', 'seq']);
    const seq = given.needed('seq', given.whole('seq', 0, Number.MAX_SAFE_INTEGER - 1));
    const ask = { key: given.key(), sessionId: given.sessionId(), seq };
    return c.json({ record: await wholeRecord(store, ask) });
  });
  app.get(at('revisions'), async (c) => {
    const given = new Parameters(c.req.url, ['key', 'last']);
    const last = given.whole('last', 1, REVISIONS_MAX);
    const session = store.session(given.key());
    return c.json({ revisions: await session.revisions(last === undefined ? {} : { last }) });
  });
}

function addActions(app: Hono, { store, settings }: Parts, at: At): void {
  const limit = bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: () => {
      throw new Refused(413, 'BAD_REQUEST', `The body is larger than ${BODY_BYTES_MAX} bytes.`);
    },
  });
  app.post(
    at('act'),
    async (c, next) => {
      none(c);
      checkAction(c.req.raw);
      if (!settings.write) throw readOnly();
      await next();
    },
    limit,
    async (c) => {
      const result = await carryOut(store, actionOf(await c.req.text()));
      // Plain JSON, as everything is that the store resolves to; typed as what it is.
      return c.body(JSON.stringify(result), 200, { 'content-type': 'application/json' });
    },
  );
}

function readOnly(): Refused {
  return new Refused(403, 'FORBIDDEN', 'This inspector only looks: it may not change anything.', {
    remedy: 'Start it with `holdfast serve --write`, or with the option `write: true`.',
  });
}

/** Refuses parameters where there are none. */
function none(c: Context): void {
  new Parameters(c.req.url, []);
}
