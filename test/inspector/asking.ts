/** A handler without a socket, on a store of its own, and requests as the page sends them. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { Store } from '../../src/contract/store.ts';
import { type Inspector, inspectorIn } from '../../src/inspector/inspector.ts';
import type { InspectorOptions } from '../../src/inspector/inspector-options.ts';
import type { Action, Refusal } from '../../src/inspector/wire.ts';
import { realWorld, type World } from '../../src/inspector/world.ts';
import { openStore } from '../../src/open-store.ts';

export const HERE = 'http://127.0.0.1:4646';
export const SLACK = 'agent:main:slack:channel:c024';
export const TELEGRAM = 'agent:work:telegram:group:-1001';

const DEADLINE_MS = 20_000;
const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Called after the test, the last one first. */
export function afterwards(end: () => unknown): void {
  ends.push(end);
}

/** A directory that goes with its test. */
export function temporary(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-inspector-')));
  afterwards(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A store that is closed after its test. */
export async function opened(location = 'memory:', instance?: string): Promise<Store> {
  const store = await openStore(location, {
    ...(instance !== undefined && { instance }),
    onWarning: () => undefined,
  });
  afterwards(() => store.close());
  return store;
}

export interface Asked<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** An inspector, and what asks it. */
export interface Asking {
  handler: Inspector;
  /** As the page asks. Headers that are `null` are left out. */
  raw(path: string, init?: Init): Promise<Response>;
  get<T>(path: string, params?: Record<string, string | number>): Promise<Asked<T>>;
  act<T>(action: Action | Record<string, unknown> | string, init?: Init): Promise<Asked<T>>;
}

export interface Init {
  method?: string;
  body?: string;
  headers?: Record<string, string | null>;
}

export function asking(
  store: Store,
  options: InspectorOptions = {},
  world: Partial<World> = {},
): Asking {
  const handler = inspectorIn({ ...realWorld, ...world }, store, options);
  afterwards(() => handler.close());
  const raw = (path: string, { headers = {}, ...init }: Init = {}) => {
    const given = { authorization: `Bearer ${handler.token}`, host: '127.0.0.1:4646', ...headers };
    const there = Object.entries(given).filter(
      (each): each is [string, string] => each[1] !== null,
    );
    return handler(new Request(`${HERE}/${path}`, { ...init, headers: there }));
  };
  return {
    handler,
    raw,
    async get(path, params = {}) {
      const given = new URLSearchParams();
      for (const [name, value] of Object.entries(params)) given.set(name, String(value));
      const query = given.toString();
      return await asked(await raw(query === '' ? path : `${path}?${query}`));
    },
    async act(action, init = {}) {
      const body = typeof action === 'string' ? action : JSON.stringify(action);
      const headers = {
        'content-type': 'application/json',
        'x-holdfast-action': '1',
        ...init.headers,
      };
      return await asked(await raw('api/act', { method: 'POST', body, ...init, headers }));
    },
  };
}

async function asked<T>(response: Response): Promise<Asked<T>> {
  const { status, headers } = response;
  return { status, headers, body: (await response.json()) as T };
}

/** The code of a refusal, with its status. */
export async function refusal(answer: Promise<Asked<unknown>> | Promise<Response>) {
  const got = await answer;
  const body = (got instanceof Response ? await got.json() : got.body) as Refusal;
  return { status: got.status, ...body.error };
}

/** Waits until something is so. */
export async function eventually(is: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await is())) {
    if (Date.now() > deadline) throw new Error('It did not come to that.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
