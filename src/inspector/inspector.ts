import { Hono } from 'hono';
import type { Store } from '../contract/store.ts';
import { HoldfastError } from '../model/errors.ts';
import { addApi, overviewNow, type Parts } from './api.ts';
import { setHeaders } from './headers.ts';
import {
  type InspectorOptions,
  type InspectorSettings,
  inspectorSettings,
} from './inspector-options.ts';
import { LiveStreams } from './live-streams.ts';
import { LookedAtIndex } from './looked-at-index.ts';
import { PageFiles } from './page-files.ts';
import { Refused, refusalOf } from './refusal.ts';
import { checkHost, checkOrigin, tokenCheck } from './security.ts';
import { StorageLook } from './storage-look.ts';
import { realWorld, type World } from './world.ts';

/** The handler, to be mounted in any server that speaks `Request` and `Response`. */
export interface Inspector {
  (request: Request): Promise<Response>;
  /** What the page needs to be let in. The link is `<where it is mounted>/#token=<token>`. */
  readonly token: string;
  /** Ends all streams and all work of the inspector; the store stays open. */
  close(): Promise<void>;
}

/**
 * A web page that shows what is in a store and what happens in it, as a handler. It reads through
 * the store that it is given, and changes something only with `write: true`.
 *
 * @throws `INVALID_ENTRY` for an option that is not as it should be
 */
export function inspector(store: Store, options?: InspectorOptions): Inspector {
  return inspectorIn(realWorld, store, options);
}

/** The same in a world of a test. */
export function inspectorIn(world: World, store: Store, options?: InspectorOptions): Inspector {
  const settings = inspectorSettings(options, world);
  const looked = new LookedAtIndex(store, world, (key) => streams.changed(key));
  const storage = new StorageLook(store, world);
  const seen = { store, settings, world, looked, storage };
  const streams = new LiveStreams(world, () => {
    looked.use().index.check();
    return overviewNow(seen);
  });
  const app = appOf({ ...seen, streams });
  let closing: Promise<void> | undefined;
  const handle = async (request: Request): Promise<Response> => {
    if (closing === undefined) return await app.fetch(request);
    return refusalResponse(new HoldfastError('STORE_CLOSED', 'The inspector was closed.'));
  };
  const close = () => {
    streams.close();
    closing ??= looked.close();
    return closing;
  };
  return Object.assign(handle, { token: settings.token, close });
}

function appOf(parts: Parts): Hono {
  const { settings, world } = parts;
  const app = new Hono();
  app.use('*', async (c, next) => {
    await next();
    setHeaders(c.res.headers);
  });
  app.use('*', async (c, next) => {
    checkHost(c.req.raw, settings.hosts);
    await next();
  });
  guardApi(app, settings);
  addApi(app, parts);
  addPage(app, settings.base, new PageFiles(world));
  app.onError((error) => {
    const refusal = refusalOf(error);
    if (refusal === undefined) world.warn(error);
    return refusalResponse(error);
  });
  app.notFound(() => refusalResponse(new Refused(404, 'NOT_FOUND', 'There is nothing here.')));
  return app;
}

/** Who asks is looked at before what is asked for: a stranger is not even told what there is. */
function guardApi(app: Hono, { base, token }: InspectorSettings): void {
  const checkToken = tokenCheck(token);
  app.use(`${base}api/*`, async (c, next) => {
    const { raw, path } = c.req;
    checkOrigin(raw);
    checkToken(raw);
    const wanted = path === `${base}api/act` ? 'POST' : 'GET';
    if (raw.method !== wanted) {
      throw new Refused(405, 'BAD_REQUEST', `This is asked for with ${wanted}.`);
    }
    await next();
  });
}

/** The page itself holds no secret: its token is in the fragment of the link, which is not sent. */
function addPage(app: Hono, base: string, files: PageFiles): void {
  app.get(`${base}*`, (c) => {
    const { pathname } = new URL(c.req.url);
    if (pathname.startsWith(`${base}api/`)) return c.notFound();
    // Without the slash at its end the page would look for its own files one level too high.
    if (!pathname.startsWith(base)) return c.redirect(base, 308);
    return files.response(pathname.slice(base.length));
  });
}

function refusalResponse(error: unknown): Response {
  const { status, body } = refusalOf(error) ?? FAULT;
  const headers = new Headers({ 'content-type': 'application/json; charset=utf-8' });
  if (status === 401) headers.set('www-authenticate', 'Bearer');
  setHeaders(headers);
  return new Response(JSON.stringify(body), { status, headers });
}

/** What went wrong is told to the process that runs the inspector, not to whoever asks. */
const FAULT = {
  status: 500,
  body: { error: { code: 'FAULT', message: 'The inspector has a fault; its process says which.' } },
} as const;
