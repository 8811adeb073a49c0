import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/display-width.ts';
import { run } from '../../src/cli/run.ts';
import { Collected, inProcess, start } from './command-line.ts';
import { GatewayProcess } from './gateway-process.ts';
import { SLACK, sampleStore, TELEGRAM, temporaryDirectory, WORK } from './sample-store.ts';

const root = temporaryDirectory();
let store: string;
let count = 0;
let gateway: GatewayProcess | undefined;

beforeEach(async () => {
  count += 1;
  store = await sampleStore(join(root(), `store-${count}`));
});

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

async function gatewayInTurns(...keys: string[]): Promise<GatewayProcess> {
  gateway = await GatewayProcess.start(store);
  for (const key of keys) {
    gateway.tell({ turn: key });
    await gateway.said('began');
  }
  return gateway;
}

const once = (...args: string[]) => inProcess(['top', '--once', '--store', store, ...args]);

describe('holdfast top', () => {
  it('shows what there is', async () => {
    const ran = await once();
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const lines = ran.stdout.split('\n');
    expect(lines[0]).toMatch(new RegExp(`^${store} \\(files\\) {2}\\d\\d:\\d\\d:\\d\\d$`));
    expect(lines[1]).toBe('sessions 4  turns 0, cut off 0  waiting here 0  updates 0/s');
    expect(lines[2]).toMatch(/^metadata .*B {2}transcripts .*B {2}archives 0 B {2}blobs 0 B /);
  });

  it('R11.10 shows who runs a turn since when, and whose process has died', async () => {
    const running = await gatewayInTurns(SLACK, TELEGRAM);
    const during = await once();
    expect(during.stdout).toContain('turns 2, cut off 0');
    const holder = `${running.child.pid}@[^/]+/gateway`;
    expect(during.stdout).toMatch(new RegExp(`^${SLACK} +reply, \\d+s +${holder}$`, 'm'));
    await running.kill();
    const after = await once('--json');
    expect(JSON.parse(after.stdout)).toMatchObject({
      overview: { sessions: 4, complete: true, turns: { running: 0, cutOff: 2 } },
      turns: [
        { key: SLACK, turn: { status: 'cut-off' } },
        { key: TELEGRAM, turn: { status: 'cut-off' } },
      ],
    });
  });

  it('tells updates of other processes, and which sessions had the most', async () => {
    const running = await gatewayInTurns();
    const top = start(['top', '--every', '100ms', '--json', '--store', store]);
    await top.until((stdout) => stdout.includes('"complete":true'));
    running.tell({ write: WORK, n: 30 });
    running.tell({ write: SLACK, n: 10 });
    await top.until((stdout) => /"movers":\[\{[^\]]*"updates":30\},\{[^\]]*10\}/.test(stdout));
    await top.until((stdout) => /"updatesPerSecond":[1-9]/.test(stdout));
    top.child.kill('SIGINT');
    const { code, stdout } = await top.ended;
    expect(code).toBe(130);
    for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
  });

  it('prints a block for each look where no terminal is', async () => {
    const top = start(['top', '--every', '100ms', '--store', store]);
    await top.until((stdout) => stdout.split('\n\n').length >= 3);
    top.child.kill('SIGTERM');
    const { code, stdout } = await top.ended;
    expect(code).toBe(143);
    expect(stdout).not.toContain('\x1b');
  });

  it.each(['10ms', '2h', '1', 'soon', '-1s'])('refuses --every %s', async (every) => {
    expect((await once('--every', every)).code).toBe(2);
  });
});

class Screen extends Collected {
  readonly isTTY = true;
  readonly columns: number;
  readonly rows = 12;

  constructor(columns: number) {
    super();
    this.columns = columns;
  }
}

it.each([
  ['q', 40],
  ['\x03', 80],
])('has a screen of its own on a terminal, until %j', async (key, columns) => {
  await gatewayInTurns(SLACK);
  const stdout = new Screen(columns);
  const modes: boolean[] = [];
  const setRawMode = (raw: boolean) => modes.push(raw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode });
  const env = { HOLDFAST_STORE: store };
  const signal = new AbortController().signal;
  const stderr = new Collected();
  const ended = run(['top', '--every', '100ms'], {
    ...{ stdin, stdout, stderr, env, signal },
    cwd: root(),
  });
  const deadline = Date.now() + 20_000;
  while (!stdout.text.includes('reply') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  stdin.write(key);
  expect(await ended).toBe(0);
  expect(modes).toEqual([true, false]);
  expect(stdout.text.startsWith('\x1b[?1049h')).toBe(true);
  expect(stdout.text.endsWith('\x1b[?1049l')).toBe(true);
  const screens = stdout.text.split('\x1b[H').slice(1).map(stripVTControlCharacters);
  for (const line of screens.flatMap((screen) => screen.split('\r\n'))) {
    expect({ line, fits: displayWidth(line) <= columns }).toMatchObject({ fits: true });
  }
});
