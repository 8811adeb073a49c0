import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorOf, holdfast, inProcess, type Running, start } from './command-line.ts';
import { SLACK, sampleStore, temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();
let store: string;

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

interface Served {
  running: Running;
  url: URL;
  /** Asks as the page does: with the token of the link, which is not part of any address. */
  ask(path: string, init?: RequestInit): Promise<Response>;
}

async function served(args: string[], env: Record<string, string> = {}): Promise<Served> {
  const running = start(['serve', ...args, '--port', '0'], { env });
  await running.until((stdout) => stdout.includes('\n'));
  const first = running.stdout().split('\n')[0] ?? '';
  const url = new URL(first.startsWith('{') ? JSON.parse(first).url : first);
  const authorization = `Bearer ${url.hash.slice('#token='.length)}`;
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(new URL(path, url), { ...init, headers: { authorization, ...init.headers } });
  return { running, url, ask };
}

async function stopped({ running }: Served, signal: 'SIGINT' | 'SIGTERM' = 'SIGINT') {
  running.child.kill(signal);
  return await running.ended;
}

const act = (action: object): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(action),
  headers: { 'x-holdfast-action': '1', 'content-type': 'application/json' },
});

describe('holdfast serve', () => {
  it('prints a link and shows the store until it is told to stop', async () => {
    const serving = await served([store]);
    expect(serving.url.href).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/);
    const about = await (await serving.ask('api/about')).json();
    expect(about).toMatchObject({ location: store, kind: 'files', write: false });
    const sessions = await (await serving.ask('api/sessions')).json();
    expect(sessions).toMatchObject({ all: 4 });
    const stranger = await fetch(new URL('api/about', serving.url));
    expect(stranger.status).toBe(401);
    const refused = await serving.ask('api/act', act({ action: 'remove', key: SLACK }));
    expect(refused.status).toBe(403);
    const ended = await stopped(serving);
    expect(ended.code).toBe(130);
    expect(ended.stderr).toBe(`${store} is shown there until Ctrl-C.\n`);
  });

  it('changes what it is asked to with --write', async () => {
    const serving = await served(['--write', '--json', '--store', store]);
    const edit = { action: 'edit', key: SLACK, field: 'by', value: 'hand' };
    expect((await serving.ask('api/act', act(edit))).status).toBe(200);
    const shown = await inProcess(['show', SLACK, '--json', '--store', store]);
    expect(JSON.parse(shown.stdout).entry.by).toBe('hand');
    expect(await stopped(serving, 'SIGTERM')).toMatchObject({ code: 143, stderr: '' });
  });

  it('ends at once although a page is listening', async () => {
    const serving = await served([], { HOLDFAST_STORE: store });
    const stream = await serving.ask('api/live');
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^event: overview\n/);
    expect((await stopped(serving)).code).toBe(130);
    // Ended in order or cut off: the page sees an end, and comes back.
    await expect(drained(reader)).resolves.toBeUndefined();
  });

  it('a port that is taken is told, and another machine is warned of', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const port = String((other.address() as AddressInfo).port);
    const ran = await holdfast(['serve', store, '--port', port, '--json']);
    other.close();
    expect(ran.code).toBe(7);
    expect(errorOf(ran).code).toBe('IO_FAILED');
    expect(errorOf(ran).message).toContain(`port ${port} at 127.0.0.1 already`);
    const serving = await served([store, '--host', '0.0.0.0']);
    expect(serving.url.hostname).toBe('127.0.0.1');
    expect((await serving.ask('api/about')).status).toBe(200);
    expect((await stopped(serving)).stderr).toMatch(/warning: 0\.0\.0\.0 .* \(NETWORK\)/);
  });

  it.skipIf(process.platform !== 'linux')('--open hands the link to the browser', async () => {
    const bin = join(root(), 'bin');
    const seen = join(root(), 'seen');
    mkdirSync(bin);
    writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s|' "$#" "$@" > '${seen}'\n`);
    chmodSync(join(bin, 'xdg-open'), 0o755);
    const serving = await served([store, '--open'], { PATH: `${bin}:${process.env.PATH}` });
    await shown(() => existsSync(seen) && readFileSync(seen, 'utf8').endsWith('|'));
    expect(readFileSync(seen, 'utf8')).toBe(`1|${serving.url.href}|`);
    expect((await stopped(serving)).code).toBe(130);
    const without = await served([store, '--open'], { PATH: '/nowhere' });
    expect((await without.ask('api/about')).status).toBe(200);
    expect((await stopped(without)).stderr).toContain('The browser could not be opened');
  });

  it.each([
    ['--port', '70000'],
    ['--port', 'x'],
    ['--store', join('/', 'no', 'such', 'store')],
  ])('refuses %s %s', async (option, value) => {
    expect((await inProcess(['serve', option, value])).code).toBe(2);
  });
});

async function drained(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  try {
    while (!(await reader.read()).done);
  } catch (error) {
    expect(String(error)).toMatch(/terminated|aborted/);
  }
}

async function shown(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It was not shown.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
