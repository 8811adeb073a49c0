import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentOf, errorOf, holdfast, inProcess, start } from './command-line.ts';
import { inStore, SLACK, sampleStore, TELEGRAM, temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();
let store: string;

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

const run = (...args: string[]) => holdfast(args, { env: { HOLDFAST_STORE: store } });
const quick = (...args: string[]) => inProcess(args, { env: { HOLDFAST_STORE: store } });
const follow = (...args: string[]) =>
  start(['tail', '-f', ...args], { env: { HOLDFAST_STORE: store } });

describe('holdfast tail', () => {
  it('shows time, who and text, with tool calls folded', async () => {
    const { code, stdout } = await run('tail', 'c024');
    expect(code).toBe(0);
    expect(stdout.replace(/\d\d:\d\d:\d\d/g, 'HH:MM:SS').replace(/^\d{4}-.*\n/, '')).toBe(
      [
        'HH:MM:SS  user       hello',
        '                     second line',
        'HH:MM:SS  assistant  I look.',
        '          tool       → read {"path":"notes.txt"}',
        'HH:MM:SS  tool       ← read: line 1 line 2',
        '',
      ].join('\n'),
    );
  });

  it('shows only so many, and the records themselves with --raw or --json', async () => {
    const last = await run('tail', 'c024', '-n', '1', '--raw');
    expect(last.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(last.stdout)).toMatchObject({
      type: 'message',
      message: { role: 'toolResult' },
    });
    const all = await run('tail', 'c024', '--json');
    const records = all.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map(({ message }) => message.role)).toEqual(['user', 'assistant', 'toolResult']);
  });

  it('prints nothing for an empty conversation', async () => {
    expect(await run('tail', TELEGRAM)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await run('tail', 'c024', '-n', '0')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it.each([[['-n', 'x']], [['-n', '-1']], [['-f', '--session-id', 'x']]])(
    'refuses %j',
    async (args) => {
      expect(await quick('tail', 'c024', ...args)).toMatchObject({ code: 2, stdout: '' });
    },
  );

  it('exits with 3 for a conversation that is not there', async () => {
    const ran = await run('tail', 'c024', '--session-id', 'none', '--json');
    expect(ran.code).toBe(3);
    expect(errorOf(ran).code).toBe('SESSION_GONE');
  });
});

describe('holdfast append', () => {
  it('appends a message, a record from the argument and one from standard input', async () => {
    const key = 'agent:main:append';
    expect(await run('append', key, '--role', 'user', '--text', 'hi')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect((await run('append', key, '{"type":"custom","customType":"note"}')).code).toBe(0);
    const input = JSON.stringify(
      { type: 'custom', customType: 'from stdin', data: { x: 'ü\n' } },
      null,
      2,
    );
    const env = { HOLDFAST_STORE: store };
    const ran = await holdfast(['append', key, '--json'], { env, input });
    expect(documentOf(ran)).toMatchObject({ id: expect.any(String), customType: 'from stdin' });
    const { stdout } = await run('tail', key);
    expect(stdout).toMatch(/user +hi\n.* · +custom note\n.* · +custom from stdin\n$/);
  });

  it('appends once for one id', async () => {
    const key = 'agent:main:once';
    const record = '{"type":"custom","customType":"note"}';
    const first = documentOf(await run('append', key, record, '--id', 'delivery-17', '--json'));
    expect(documentOf(await run('append', key, record, '--id', 'delivery-17', '--json'))).toEqual(
      first,
    );
    expect((await run('tail', key, '--raw')).stdout.trimEnd().split('\n')).toHaveLength(1);
    const other = await run(
      'append',
      key,
      '{"type":"custom","customType":"x"}',
      '--id',
      'delivery-17',
      '--json',
    );
    expect(other.code).toBe(2);
    expect(errorOf(other).code).toBe('INVALID_ENTRY');
  });

  it.each([
    [['{"type":']],
    [['not json']],
    [['[]']],
    [['3']],
    [['{}']],
    [['{"type":"session"}']],
    [['{"type":"x"}', '--role', 'user', '--text', 'y']],
    [['--role', 'user']],
    [['--text', 'x']],
    [['--role', 'king', '--text', 'x']],
    [[]],
  ])('refuses %j', async (args) => {
    const before = await quick('tail', 'c024', '--raw');
    const ran = await quick('append', 'c024', ...args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^holdfast: .*\((USAGE|INVALID_ENTRY)\)\n {2}\S/);
    expect((await quick('tail', 'c024', '--raw')).stdout).toBe(before.stdout);
  });
});

describe('holdfast tail -f', () => {
  it('follows appends, a reset, a restore and a removal, and loses nothing', async () => {
    const key = 'agent:main:followed';
    await run('append', key, '--role', 'user', '--text', 'number one');
    const following = follow(key, '-n', '1');
    await following.until((out) => out.includes('number one'));
    await inStore(store, async (opened) => {
      const session = opened.session(key);
      const say = (text: string) =>
        session.append({ type: 'message', message: { role: 'user', content: text } });
      for (let n = 0; n < 20; n += 1) await say(`burst ${n};`);
      await following.until((out) => out.includes('burst 19;'));
      const first = (await session.read())?.sessionId ?? '';
      await say('last words');
      await session.reset();
      await say('first words');
      await following.until((out) => out.includes('first words'));
      await session.restore(first);
      await following.until((out) => out.includes(`(now in conversation ${first})`));
      await session.remove();
      await following.until((out) => out.includes('(the session was removed)'));
      await say('born again');
      await following.until((out) => out.includes('born again'));
    });
    const out = following.stdout();
    for (let n = 0; n < 20; n += 1) expect(out.split(`burst ${n};`)).toHaveLength(2);
    expect(out.indexOf('last words')).toBeLessThan(out.indexOf('(now in conversation'));
    expect(out.indexOf('(now in conversation')).toBeLessThan(out.indexOf('first words'));
    following.child.kill('SIGINT');
    expect(await following.ended).toMatchObject({ code: 130, stderr: '' });
  });

  it('prints JSON lines, nothing else, with --json', async () => {
    const key = 'agent:main:followed-json';
    await run('append', key, '--role', 'user', '--text', 'one');
    const following = follow(key, '--json');
    await following.until((out) => out.includes('"one"'));
    await run('reset', key);
    await run('append', key, '--role', 'user', '--text', 'two');
    await following.until((out) => out.includes('"two"'));
    following.child.kill('SIGTERM');
    const { code, stdout } = await following.ended;
    expect(code).toBe(143);
    const texts = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).message.content[0].text);
    expect(texts).toEqual(['one', 'two']);
  });

  it('ends when nobody reads it any more', async () => {
    const key = 'agent:main:followed-pipe';
    await run('append', key, '--role', 'user', '--text', 'one');
    const following = follow(key);
    await following.until((out) => out.includes('one'));
    following.child.stdout?.destroy();
    await run('append', key, '--role', 'user', '--text', 'two');
    expect(await following.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

it('keeps the conversation of another session out of it', async () => {
  const following = follow('agent:main:followed', '-n', '0');
  const other = follow(SLACK, '-n', '0', '--json');
  // The second one is known to be awake when it has told its own record.
  let awake = false;
  const told = other
    .until((out) => out.includes('for slack'))
    .then(() => {
      awake = true;
    });
  // What is appended before it looks for the first time is past for it: `-n 0`.
  while (!awake) await run('append', SLACK, '--role', 'user', '--text', 'for slack');
  await told;
  following.child.kill('SIGINT');
  other.child.kill('SIGINT');
  expect((await following.ended).stdout).not.toContain('for slack');
  await other.ended;
});
