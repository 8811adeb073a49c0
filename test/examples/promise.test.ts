import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openStore } from 'holdfast';
import { afterEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../examples/promise/main.js', import.meta.url));
const CHECK = fileURLToPath(new URL('../../examples/promise/check.js', import.meta.url));
const KEY = 'agent:main:slack:channel:c024';

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-examples-'));
  made.push(directory);
  return directory;
}

/** Starts the demonstration, in a process group of its own so that Ctrl-C can be meant for it alone. */
function start(...options: string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [MAIN, ...options], { detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (part) => {
      text += part;
    });
  }
  return { child, output: () => text };
}

/** What the check finds in a store. */
async function findings(
  directory: string,
  updates: Record<string, Record<string, number>>,
  records: Record<string, string[]>,
) {
  const child = fork(CHECK, { stdio: 'inherit' });
  const answer = once(child, 'message');
  child.send({ directory, updates, records });
  const [found] = await answer;
  return found;
}

describe('npm start', () => {
  it('shows the same on PostgreSQL, on a server that goes with it', async () => {
    const directory = temporaryDirectory();
    const options = ['--seconds', '6', '--dir', directory, '--store', 'postgres'];
    const { child, output } = start(...options);
    const [code] = await once(child, 'close');
    expect({ code, output: output() }).toMatchObject({ code: 0 });
    expect(output()).toMatch(/^They were copied into PostgreSQL on port \d+/m);
    expect(output()).toMatch(/^telegram \(pid \d+\): SIGKILL at .*, back at/m);
    expect(output()).toMatch(/^updates acknowledged: [1-9].*, lost: 0$/m);
    expect(output()).toMatch(/^records acknowledged: [1-9].*, lost: 0, twice: 0$/m);
    expect(output()).toContain('The server has ended.');
  });

  it('ends by itself, with a process killed and nothing lost or torn', async () => {
    const directory = temporaryDirectory();
    const { child, output } = start('--seconds', '5', '--dir', directory);
    const [code] = await once(child, 'close');
    expect({ code, output: output() }).toMatchObject({ code: 0 });
    const lines = output().split('\n');
    const line = (pattern: RegExp) => lines.find((text) => pattern.test(text));
    expect(lines[0]).toMatch(/^62 sessions/);
    expect(line(/^telegram \(pid \d+\): SIGKILL at .*, back at/)).toBeDefined();
    expect(line(/ s \| slack .*updates\/s, p50 .*telegram .*cron .*longest update/)).toBeDefined();
    const updates = /^updates acknowledged: ([\d,]+), lost: 0$/.exec(line(/^updates ack/) ?? '');
    expect(Number(updates?.[1]?.replaceAll(',', ''))).toBeGreaterThan(100);
    expect(line(/^records acknowledged: [\d,]+, lost: 0, twice: 0$/)).toBeDefined();
    expect(line(/^torn: 0 /)).toBeDefined();
    expect(line(/^longest that a session can have waited/)).toBeDefined();
    expect(output()).toContain(`npx holdfast ls --store ${directory}`);
    await using store = await openStore(directory);
    expect(await store.verify()).toMatchObject({ ok: true, checked: { sessions: 72 } });
  });

  it.skipIf(platform() === 'win32')(
    'ends at Ctrl-C, with what was acknowledged until then (Windows has no signal for a group)',
    async () => {
      const { child, output } = start('--seconds', '30', '--dir', temporaryDirectory());
      const closed = once(child, 'close');
      while (!/ s \| slack/.test(output())) await once(child.stdout as never, 'data');
      process.kill(-(child.pid as number), 'SIGINT');
      const [code] = await closed;
      expect({ code, output: output() }).toMatchObject({ code: 0 });
      expect(output()).toMatch(/Stopped early/);
      expect(output()).toMatch(/^updates acknowledged: [\d,]+, lost: 0$/m);
    },
  );

  it('does not touch a directory that has something in it', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'mine.txt'), 'mine');
    const { child, output } = start('--dir', directory);
    expect(await once(child, 'close')).toEqual([2, null]);
    expect(output()).toMatch(/is not empty/);
  });
});

describe('the check at its end', () => {
  it('finds what was lost and what is torn', async () => {
    const directory = temporaryDirectory();
    const store = await openStore(directory);
    const session = store.session(KEY);
    await session.update({ slackUpdates: 2 });
    const records = [];
    for (let n = 0; n < 3; n += 1) records.push(await session.append({ type: 'note', n }));
    const { sessionId } = (await session.read()) ?? {};
    await store.close();
    const ids = records.map(({ id }) => id);
    const good = await findings(directory, { [KEY]: { slack: 2 } }, { [KEY]: ids });
    expect(good).toMatchObject({ lostUpdates: 0, lostRecords: 0, twice: 0, torn: [], records: 3 });
    const lost = await findings(directory, { [KEY]: { slack: 5 } }, { [KEY]: [...ids, 'gone'] });
    expect(lost).toMatchObject({ lostUpdates: 3, lostRecords: 1 });

    const path = transcriptOf(directory, sessionId as string);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"n":1', '"n":\0'));
    const torn = await findings(directory, {}, { [KEY]: ids });
    expect(torn.torn.length).toBeGreaterThan(0);
    expect(torn.lostRecords).toBeGreaterThan(0);
  });
});

function transcriptOf(directory: string, sessionId: string): string {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return join(directory, names.find((name) => name.endsWith(`${sessionId}.jsonl`)) as string);
}
