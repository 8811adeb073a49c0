import { closeSync, openSync, readdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realFileLock } from '../../src/system/file-lock.ts';
import { documentOf, errorOf, holdfast, inProcess, start } from './command-line.ts';
import { GatewayProcess } from './gateway-process.ts';
import { inStore, SLACK, sampleStore, TELEGRAM, temporaryDirectory, WORK } from './sample-store.ts';

const root = temporaryDirectory();
let store: string;
let gateway: GatewayProcess | undefined;

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

const run = (...args: string[]) => holdfast(args, { env: { HOLDFAST_STORE: store } });

async function gatewayInTurn(key: string): Promise<GatewayProcess> {
  gateway = await GatewayProcess.start(store);
  gateway.tell({ turn: key });
  await gateway.said('began');
  return gateway;
}

describe('beside a gateway that runs a turn', () => {
  it('R11.10 turns tells host, pid, instance, label, fence and since when', async () => {
    const { child } = await gatewayInTurn(SLACK);
    const { code, stdout } = await run('turns');
    expect(code).toBe(0);
    const [titles, row] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(titles?.join(' ')).toBe('KEY SINCE STATE LABEL FENCE HOLDER');
    expect(row).toEqual([
      SLACK,
      expect.stringMatching(/^\d+s$/),
      'running',
      'reply',
      expect.stringMatching(/^\d+$/),
      `${child.pid}@${hostname()}/gateway`,
    ]);
    const [told] = documentOf(await run('turns', '--json')) as Record<string, unknown>[];
    expect(told).toEqual({
      key: SLACK,
      turn: expect.objectContaining({ status: 'running', label: 'reply', fence: Number(row?.[4]) }),
    });
    expect((await run('ls')).stdout).toMatch(/c024 .* reply, \d+s$/m);
    expect((await run('show', 'c024')).stdout).toMatch(
      /turn +reply, running, since .*\n +holder +\d+@.*\/gateway, fence \d+$/m,
    );
  });

  it('every command that needs no turn goes on, in that session too', async () => {
    await gatewayInTurn(SLACK);
    expect((await run('set', 'c024', 'during=1')).code).toBe(0);
    expect((await run('append', 'c024', '--role', 'user', '--text', 'during')).code).toBe(0);
    expect((await run('tail', 'c024', '-n', '1')).stdout).toContain('during');
    expect((await run('set', TELEGRAM, 'during=1')).code).toBe(0);
    expect((await run('verify')).code).toBe(0);
    expect((await run('stat')).code).toBe(0);
  });

  it('turns interrupt asks it to stop and waits for its end', async () => {
    const running = await gatewayInTurn(SLACK);
    expect(await run('turns', 'interrupt', 'c024', '--reason', 'maintenance')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(await running.said('ended')).toEqual({ ended: SLACK, how: 'aborted' });
    const again = await run('turns', 'interrupt', 'c024');
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: `No turn runs in ${SLACK}.\n` });
    expect(await run('turns')).toEqual({ code: 1, stdout: '', stderr: 'No turn runs.\n' });
    expect(await run('turns', '--json')).toEqual({ code: 1, stdout: '[]\n', stderr: '' });
  });

  it('reset and rm win over a running turn', async () => {
    const running = await gatewayInTurn(SLACK);
    expect((await run('reset', 'c024')).code).toBe(0);
    await running.said('failed');
    running.tell({ turn: WORK });
    await running.said('began');
    expect((await run('rm', WORK, '--yes')).code).toBe(0);
    expect(await running.said('failed')).toMatchObject({ failed: WORK, code: 'TURN_LOST' });
  });

  it('a turn whose process was killed shows as cut off', async () => {
    const running = await gatewayInTurn(TELEGRAM);
    await running.kill();
    expect((await run('turns')).stdout).toMatch(/1234501 +\d+s +cut off /);
    expect((await run('ls')).stdout).toMatch(/1234501 .* reply, cut off, \d+s$/m);
    expect((await run('show', TELEGRAM)).stdout).toMatch(/turn +reply, cut off: its process died/);
    expect(documentOf(await run('turns', '--json'))).toMatchObject([
      { turn: { status: 'cut-off' } },
    ]);
  });
});

describe('beside a gateway that writes', () => {
  it('C.16 every write of the gateway and of the command line is there', async () => {
    const key = 'agent:main:shared';
    gateway = await GatewayProcess.start(store);
    gateway.tell({ write: key, n: 200 });
    for (let n = 0; n < 5; n += 1) {
      expect((await run('set', key, `cli${n}=${n}`)).code).toBe(0);
      expect((await run('append', key, '--role', 'user', '--text', `cli ${n}`)).code).toBe(0);
      expect((await run('ls')).code).toBe(0);
    }
    await gateway.said('wrote');
    const state = await inStore(store, (opened) => opened.session(key).read());
    expect(state).toMatchObject({ rev: 205, entry: { writes: 200, cli0: 0, cli4: 4 } });
    const records = (await run('tail', key, '-n', '1000', '--raw')).stdout.trimEnd().split('\n');
    expect(records).toHaveLength(205);
    expect((await run('verify')).code).toBe(0);
  });

  it('watch tells its changes', async () => {
    const watching = start(['watch'], { env: { HOLDFAST_STORE: store } });
    const lines = start(['watch', '--json', '--agent', 'work'], { env: { HOLDFAST_STORE: store } });
    gateway = await GatewayProcess.start(store);
    // Changes are told from some moment on; writing goes on until both have told one.
    const heard = Promise.all([
      watching.until((out) => /^\d\d:\d\d:\d\d {2}update {3}rev \d+ +agent:main:main$/m.test(out)),
      lines.until((out) => out.includes(WORK)),
    ]).then(() => true);
    let done = false;
    while (!done) {
      gateway.tell({ write: 'agent:main:main', n: 1 });
      gateway.tell({ write: WORK, n: 1 });
      await gateway.said('wrote');
      await gateway.said('wrote');
      done = await Promise.race([heard, new Promise<boolean>((r) => setTimeout(r, 50, false))]);
    }
    watching.child.kill('SIGINT');
    lines.child.kill('SIGINT');
    expect(await watching.ended).toMatchObject({ code: 130, stderr: '' });
    const { stdout } = await lines.ended;
    for (const line of stdout.trimEnd().split('\n')) {
      expect(JSON.parse(line)).toEqual({
        key: WORK,
        kind: expect.any(String),
        rev: expect.any(Number),
      });
    }
  });
});

describe('a session that another process holds', () => {
  let lock: number;

  beforeEach(() => {
    const sessions = join(store, 'agents', 'main', 'sessions', 'sessions.d');
    const slack = readdirSync(sessions).find((name) => name.startsWith('slack-channel-c024~'));
    lock = openSync(join(sessions, slack ?? 'missing', 'lock'), 'r+');
    expect(realFileLock.tryLock(lock)).toBe(true);
  });

  afterEach(() => closeSync(lock));

  it('exits with 4 when it is not free in time, and another session is not concerned', async () => {
    const [held, other] = await Promise.all([
      run('set', SLACK, 'x=1', '--json'),
      run('set', 'agent:main:other', 'x=1'),
    ]);
    expect(held).toMatchObject({ code: 4, stdout: '' });
    expect(errorOf(held)).toMatchObject({ code: 'SESSION_BUSY', retry: 'later', key: SLACK });
    expect(other.code).toBe(0);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('is not waited for any longer after %s', async (signal, code) => {
    const stop = new AbortController();
    const env = { HOLDFAST_STORE: store };
    const waiting = inProcess(['set', SLACK, 'x=1'], { env, signal: stop.signal });
    stop.abort(signal);
    expect(await waiting).toEqual({ code, stdout: '', stderr: '' });
  });
});

it('turns refuses what it does not know', async () => {
  for (const args of [['interrupt'], ['interrupt', 'c024', '--grace', 'x'], ['stop', 'c024']]) {
    const ran = await run('turns', ...args, '--json');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(errorOf(ran).code).toBe('USAGE');
  }
});
