import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { documentOf, errorOf, holdfast, inProcess } from './command-line.ts';
import {
  inStore,
  SLACK,
  sampleStore,
  TELEGRAM,
  THREAD,
  temporaryDirectory,
  WORK,
} from './sample-store.ts';

const root = temporaryDirectory();
let store: string;

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

const run = (...args: string[]) => holdfast(args, { env: { HOLDFAST_STORE: store } });
const quick = (...args: string[]) => inProcess(args, { env: { HOLDFAST_STORE: store } });

describe('holdfast ls', () => {
  it('lists aligned columns, newest first', async () => {
    const { code, stdout, stderr } = await run('ls');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^KEY +CHANNEL +LABEL +UPDATED +REV +TURN$/);
    expect(lines[1]).toMatch(/^agent:main:slack:channel:c024 +slack +Größe 日本 +\d+s +1$/);
    expect(lines.slice(1).map((line) => line.split(/ +/)[0])).toEqual([
      SLACK,
      THREAD,
      TELEGRAM,
      WORK,
    ]);
    expect(stdout).not.toMatch(/ $/m);
  });

  it('prints one JSON array of summaries', async () => {
    const ran = await run('ls', '--json', '--sort', 'key');
    expect(ran.code).toBe(0);
    const rows = documentOf(ran) as { key: string }[];
    expect(rows.map(({ key }) => key)).toEqual([SLACK, THREAD, TELEGRAM, WORK].sort());
    expect(rows[0]).toMatchObject({
      agentId: 'main',
      channel: 'slack',
      rev: 1,
      label: 'Größe 日本',
    });
  });

  it('filters by agent, channel and age, and stops at a limit', async () => {
    const keys = async (...args: string[]) => {
      const ran = await run('ls', '--json', ...args);
      return (documentOf(ran) as { key: string }[]).map(({ key }) => key);
    };
    expect(await keys('--agent', 'work')).toEqual([WORK]);
    expect(await keys('--channel', 'telegram')).toEqual([TELEGRAM]);
    expect(await keys('--since', '1h', '--limit', '2')).toEqual([SLACK, THREAD]);
    expect(await keys('--since', '2100-01-01')).toEqual([]);
    expect(await keys('--before', '2100-01-01')).toHaveLength(4);
  });

  it('exits with 1 when nothing fits', async () => {
    expect(await run('ls', '--agent', 'nobody')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'No session fits.\n',
    });
    expect(await run('ls', '--agent', 'nobody', '--json')).toEqual({
      code: 1,
      stdout: '[]\n',
      stderr: '',
    });
  });

  it.each([
    ['--since', 'yesterday'],
    ['--limit', '0'],
    ['--limit', '-1'],
    ['--limit', 'x'],
    ['--sort', 'age'],
    ['--what'],
    ['extra'],
  ])('refuses %s %s', async (...args) => {
    const ran = await quick('ls', ...args, '--json');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(errorOf(ran)).toMatchObject({ code: 'USAGE', remedy: expect.any(String) });
  });
});

describe('holdfast show', () => {
  it('shows state and fields', async () => {
    const { code, stdout } = await run('show', 'c024');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^agent:main:slack:channel:c024\n/);
    expect(stdout).toMatch(/^ {2}agent +main$/m);
    expect(stdout).toMatch(/^ {2}revision +1$/m);
    expect(stdout).toMatch(/^ {2}updated +\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \(\d+s ago\)$/m);
    expect(stdout).toMatch(/^ {2}turn +none$/m);
    expect(stdout).toMatch(/^ {2}archives +none$/m);
    expect(stdout).toMatch(/^ {2}model +opus$/m);
    expect(stdout).toMatch(/^ {2}tags +\["a","b"\]$/m);
  });

  it('prints the state as JSON', async () => {
    const ran = await run('show', SLACK, '--json');
    expect(documentOf(ran)).toMatchObject({
      key: SLACK,
      rev: 1,
      entry: { model: 'opus', tokens: 120 },
      archives: 0,
    });
  });
});

describe('a part of a key', () => {
  it.each([
    [SLACK, SLACK],
    ['c024', SLACK],
    ['C024', SLACK],
    ['slack:channel:c024', SLACK],
    ['agent:main:slack:channel:c024:thread', THREAD],
    ['000855', THREAD],
    ['-1001234501', TELEGRAM],
    ['work:main', WORK],
  ])('%s finds %s', async (part, key) => {
    expect(documentOf(await quick('show', part, '--json'))).toMatchObject({ key });
  });

  it('is refused with the candidates when it fits several', async () => {
    const ran = await run('show', 'slack:channel');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^holdfast: "slack:channel" is part of more than one key \(2\)\. \(AMBIGUOUS_KEY\)\n/,
    );
    expect(ran.stderr).toContain(`\n  ${SLACK}\n  ${THREAD}\n`);
    expect(errorOf(await quick('show', 'slack:channel', '--json'))).toMatchObject({
      code: 'AMBIGUOUS_KEY',
      candidates: [SLACK, THREAD],
    });
  });

  it('lists at most ten candidates', async () => {
    const many = join(root(), 'many');
    await inStore(many, async (opened) => {
      for (let n = 0; n < 13; n += 1)
        await opened.session(`agent:main:cron:job-${n}`).update({ n });
    });
    const ran = await inProcess(['show', 'cron', '--store', many, '--json']);
    expect(ran.code).toBe(2);
    const error = errorOf(ran) as unknown as { candidates: string[]; remedy: string };
    expect(error.candidates).toHaveLength(10);
    expect(error.remedy).toContain('3 more fit');
  });

  it('exits with 3 when it fits none', async () => {
    const ran = await quick('show', 'nothing', '--json');
    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(errorOf(ran).code).toBe('SESSION_GONE');
  });

  it.each(['', 'a\u0007b', 'x'.repeat(2_000)])(
    'exits with 2 when it can be no key: %j',
    async (part) => {
      const ran = await quick('show', part, '--json');
      expect(ran.code).toBe(2);
      expect(errorOf(ran).code).toBe('INVALID_KEY');
    },
  );
});
