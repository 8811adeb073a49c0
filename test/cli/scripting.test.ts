import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentOf, errorOf, holdfast, inProcess, MAIN } from './command-line.ts';
import { inStore, SLACK, sampleStore, temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();
let store: string;

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

const COMMANDS = [
  ['ls'],
  ['show'],
  ['set'],
  ['unset'],
  ['tail'],
  ['append'],
  ['reset'],
  ['archives'],
  ['restore'],
  ['rm'],
  ['turns'],
  ['turns', 'interrupt'],
  ['watch'],
  ['verify'],
  ['repair'],
  ['stat'],
  ['adopt'],
];

describe('help', () => {
  it('names every command, the exit codes and examples', async () => {
    const { code, stdout, stderr } = await holdfast(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const [command] of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'));
    for (const exit of [0, 1, 2, 3, 4, 5, 6, 7])
      expect(stdout).toMatch(new RegExp(`^ +${exit}  \\S`, 'm'));
    expect(stdout).toMatch(/^Examples:\n {2}holdfast /m);
  });

  it.each(COMMANDS.map((command) => [command]))(
    '%j has help with examples and the common options',
    async (command) => {
      const { code, stdout, stderr } = await inProcess([...command, '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/^Examples:\n {2}holdfast /m);
      for (const option of ['--store', '--json', '--help']) expect(stdout).toContain(option);
    },
  );

  it('prints the version', async () => {
    expect((await holdfast(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('without a command, with an unknown one or a misspelt one, exits with 2', async () => {
    expect(await holdfast([])).toMatchObject({ code: 2, stdout: '' });
    const ran = await holdfast(['verfy']);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^holdfast: unknown command 'verfy'.*verify.* \(USAGE\)\n {2}See `holdfast --help`/,
    );
  });
});

describe('the store', () => {
  it('is named by --store, by HOLDFAST_STORE or by the directory, in this order', async () => {
    const other = join(root(), 'other');
    await inStore(other, (opened) => opened.session('agent:main:other').update({ a: 1 }));
    const keys = async (args: string[], options: object) =>
      (documentOf(await holdfast(['ls', '--json', ...args], options)) as { key: string }[]).map(
        ({ key }) => key,
      );
    const deep = join(store, 'agents', 'main', 'sessions');
    expect(await keys(['--store', other], { cwd: deep, env: { HOLDFAST_STORE: store } })).toEqual([
      'agent:main:other',
    ]);
    expect(await keys([], { cwd: deep, env: { HOLDFAST_STORE: other } })).toEqual([
      'agent:main:other',
    ]);
    expect(await keys([], { cwd: deep })).toContain(SLACK);
    expect(await keys(['--store', '../other'], { cwd: deep.replace(/agents.*/, '') })).toEqual([
      'agent:main:other',
    ]);
  });

  it('that is not there is an error which says the three ways', async () => {
    const nowhere = join(root(), 'nowhere');
    mkdirSync(nowhere);
    const ran = await holdfast(['ls'], { cwd: nowhere });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^holdfast: No store was named.*\(NO_STORE\)\n.*--store.*HOLDFAST_STORE.*inside a store/,
    );
    expect(errorOf(await holdfast(['ls', '--json'], { cwd: nowhere })).code).toBe('NO_STORE');
  });

  it('in memory is opened and forgotten', async () => {
    expect(await holdfast(['set', 'agent:main:x', 'a=1', '--store', 'memory:'])).toMatchObject({
      code: 0,
      stdout: '',
    });
  });

  it('of an unknown kind is refused', async () => {
    const ran = await holdfast(['ls', '--store', 'ftp://x/y', '--json']);
    expect(ran).toMatchObject({ code: 7, stdout: '' });
    expect(errorOf(ran).code).toBe('STORE_UNSUPPORTED');
  });
});

describe('a closed pipe', () => {
  it.each([['ls'], ['ls', '--json'], ['--help'], ['verify']])(
    'ends %j quietly',
    async (...args) => {
      const many = join(root(), `many-${args.join('')}`);
      await inStore(many, async (opened) => {
        for (let n = 0; n < 300; n += 1) {
          await opened.session(`agent:main:cron:${n}`).update({ label: 'x'.repeat(200) });
        }
      });
      const child = spawn(process.execPath, [MAIN, ...args, '--store', many], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    },
  );
});

describe('an output that can not be written', () => {
  it.each([['ls'], ['show', SLACK, '--json'], ['--help']])('is told: %j', async (...args) => {
    if (!existsSync('/dev/full')) return console.log('skipped: this system has no /dev/full');
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [MAIN, ...args, '--store', store], {
      stdio: ['ignore', full, 'pipe'],
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    closeSync(full);
    expect({ code, stderr }).toEqual({ code: 7, stderr: expect.stringContaining('IO_FAILED') });
  });
});

describe('hostile text', () => {
  const KEY = 'agent:main:slack:channel:\u202egnp.exe\u200b';
  const ESCAPE = '\x1b]0;owned\x07\x1b[2J\u009b31m\u2066';

  beforeAll(async () => {
    await inStore(store, async (opened) => {
      const session = opened.session(KEY);
      await session.update({
        label: `label${ESCAPE}`,
        channel: ESCAPE,
        [ESCAPE]: { deep: ESCAPE },
      });
      const content = [
        { type: 'text', text: `text${ESCAPE}\rfake` },
        { type: 'toolCall', name: ESCAPE, arguments: { x: ESCAPE } },
      ];
      await session.append({ type: 'message', message: { role: ESCAPE, content } });
      await session.append({ type: `type${ESCAPE}`, field: ESCAPE });
      await session.reset({ reason: `reason${ESCAPE}` });
      await session.append({ type: 'message', message: { role: 'user', content: ESCAPE } });
    });
  });

  it('is escaped in everything that people are shown', async () => {
    const archived = documentOf(await holdfast(['archives', KEY, '--json', '--store', store])) as {
      sessionId: string;
    }[];
    for (const args of [
      ['ls'],
      ['show', KEY],
      ['archives', KEY],
      ['tail', KEY],
      ['tail', KEY, '--session-id', archived[0]?.sessionId ?? ''],
      ['show', 'exe'],
      ['show', ESCAPE],
      ['show', 'channel'],
      ['set', KEY, 'x=1', '-v'],
      ['set', KEY, `${ESCAPE}`],
      [ESCAPE],
      ['ls', `--${ESCAPE}`],
      ['stat'],
      ['verify'],
    ]) {
      const { stdout, stderr } = await inProcess([...args, '--store', store]);
      const seen = (stdout + stderr).replaceAll('\n', '');
      expect({ args, found: /[\p{Cc}\p{Cf}]/u.exec(seen)?.[0] }).toEqual({
        args,
        found: undefined,
      });
    }
  });

  it('is exact in JSON', async () => {
    const ran = await holdfast(['show', KEY, '--json', '--store', store]);
    expect(documentOf(ran)).toMatchObject({ key: KEY, entry: { label: `label${ESCAPE}` } });
  });
});
