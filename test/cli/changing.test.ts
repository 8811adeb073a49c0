import { existsSync } from 'node:fs';
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
} from './sample-store.ts';

const root = temporaryDirectory();
let store: string;
const SILENT = { code: 0, stdout: '', stderr: '' };

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

const run = (...args: string[]) => holdfast(args, { env: { HOLDFAST_STORE: store } });
const quick = (...args: string[]) => inProcess(args, { env: { HOLDFAST_STORE: store } });
const read = (key: string) => inStore(store, (opened) => opened.session(key).read());

describe('holdfast set', () => {
  it('sets fields in one commit and prints nothing', async () => {
    const before = await read(SLACK);
    expect(
      await run('set', 'c024', 'model=haiku', 'n=3', 'o={"x":[1]}', 'a.b=dot', 'label=null'),
    ).toEqual(SILENT);
    const after = await read(SLACK);
    expect(after?.rev).toBe((before?.rev ?? 0) + 1);
    expect(after?.entry).toEqual({
      model: 'haiku',
      tokens: 120,
      tags: ['a', 'b'],
      n: 3,
      o: { x: [1] },
      'a.b': 'dot',
    });
  });

  it('keeps revision and time when nothing changes', async () => {
    await run('set', 'c024', 'same=1');
    const before = await read(SLACK);
    expect(await run('set', 'c024', 'same=1')).toEqual(SILENT);
    expect(await read(SLACK)).toEqual(before);
  });

  it('prints the new state with --json and a line with -v', async () => {
    expect(documentOf(await run('set', 'c024', 'x=1', '--json'))).toMatchObject({
      entry: { x: 1 },
    });
    expect((await run('set', 'c024', 'x=2', '-v')).stdout).toMatch(
      /^agent:main:slack:channel:c024 {2}rev \d+ /,
    );
  });

  it('creates a session only under a whole key', async () => {
    const key = 'agent:main:discord:channel:77';
    expect(await run('set', key, 'a=1')).toEqual(SILENT);
    expect(await read(key)).toMatchObject({ rev: 1, entry: { a: 1 } });

    const ran = await run('set', 'discord:channel:78', 'a=1', '--json');
    expect(ran.code).toBe(3);
    expect(errorOf(ran)).toMatchObject({
      code: 'SESSION_GONE',
      remedy: expect.stringContaining('agent:main:'),
    });
  });

  it('never takes a whole key for a part of a longer one', async () => {
    const short = SLACK.slice(0, -1);
    expect(await run('set', short, 'a=1')).toEqual(SILENT);
    expect(await read(short)).toMatchObject({ rev: 1, entry: { a: 1 } });
    expect((await read(SLACK))?.entry).not.toHaveProperty('a');
    expect((await run('rm', short, '--yes')).code).toBe(0);
    expect(await run('rm', short, '--yes')).toMatchObject({ code: 3 });
    expect(await run('unset', short, 'model')).toMatchObject({ code: 3 });
    expect(await read(SLACK)).toBeDefined();
  });

  it('exits with 5 at another revision, and 0 means that it must be new', async () => {
    const rev = (await read(TELEGRAM))?.rev ?? 0;
    const ran = await run('set', TELEGRAM, 'x=1', '--if-rev', String(rev + 1), '--json');
    expect(ran.code).toBe(5);
    expect(errorOf(ran)).toMatchObject({ code: 'REV_CONFLICT', key: TELEGRAM });
    expect(await run('set', TELEGRAM, 'x=1', '--if-rev', String(rev))).toEqual(SILENT);
    expect((await run('set', TELEGRAM, 'x=2', '--if-rev', '0')).code).toBe(5);
    expect((await run('set', 'agent:main:new:direct:1', 'x=2', '--if-rev', '0')).code).toBe(0);
  });

  it.each([
    ['c024'],
    ['c024', 'novalue'],
    ['c024', '=1'],
    ['c024', 'a=1', 'a=2'],
    ['c024', 'a=1', '--if-rev', '-1'],
    ['c024', 'a=1', '--if-rev', 'x'],
    ['c024', 'a=1', '--unknown'],
    ['c024', 'a=1e999'],
  ])('refuses %j %j %j %j', async (...args) => {
    const before = await read(SLACK);
    const ran = await quick('set', ...args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^holdfast: .*\((USAGE|INVALID_ENTRY)\)\n {2}\S/);
    expect(await read(SLACK)).toEqual(before);
  });

  it('refuses an entry that is too large', async () => {
    // Arguments are limited by the system, so the entry grows in steps.
    const part = 'x'.repeat(100_000);
    const codes = [];
    for (let n = 0; n < 12; n += 1)
      codes.push((await quick('set', 'agent:main:big', `f${n}=${part}`)).code);
    expect(new Set(codes)).toEqual(new Set([0, 2]));
  });
});

describe('holdfast unset', () => {
  it('removes fields and takes a missing field for removed', async () => {
    await run('set', TELEGRAM, 'gone=1');
    expect(await run('unset', TELEGRAM, 'gone', 'never')).toEqual(SILENT);
    expect((await read(TELEGRAM))?.entry).not.toHaveProperty('gone');
  });

  it('never creates a session', async () => {
    expect((await run('unset', 'agent:main:missing', 'x')).code).toBe(3);
    expect(await read('agent:main:missing')).toBeUndefined();
  });
});

describe('holdfast reset, archives and restore', () => {
  it('archive a conversation and bring it back', async () => {
    const first = (await read(THREAD))?.sessionId ?? '';
    expect(await run('archives', THREAD)).toMatchObject({ code: 1, stdout: '' });
    await run('append', THREAD, '--role', 'user', '--text', 'before the reset');
    expect(await run('reset', THREAD, '--reason', 'tidy', '--keep', 'none')).toEqual(SILENT);
    const after = await read(THREAD);
    expect(after?.sessionId).not.toBe(first);
    expect(after?.entry).toEqual({});

    const [archive] = documentOf(await run('archives', THREAD, '--json')) as Record<
      string,
      unknown
    >[];
    expect(archive).toMatchObject({
      sessionId: first,
      reason: 'tidy',
      entry: { label: 'a thread' },
    });
    const { stdout } = await run('archives', THREAD);
    expect(stdout).toMatch(/^SESSION ID +ARCHIVED +BEGAN +SIZE +REASON\n/);
    expect(stdout).toMatch(new RegExp(`^${first} +\\d+s .* [\\d.]+ K?B +tidy$`, 'm'));

    const old = await run('tail', THREAD, '--session-id', first.slice(-12));
    expect(old.stdout).toContain('before the reset');
    expect(await run('restore', THREAD, first.slice(-12))).toEqual(SILENT);
    expect(await read(THREAD)).toMatchObject({ sessionId: first, entry: { label: 'a thread' } });
  });

  it('keeps the fields that are named', async () => {
    const key = 'agent:main:keep';
    await run('set', key, 'a=1', 'b=2', 'c=3');
    await run('reset', key, '--keep', 'a,c');
    expect((await read(key))?.entry).toEqual({ a: 1, c: 3 });
    expect(documentOf(await run('reset', key, '--json'))).toMatchObject({ entry: { a: 1, c: 3 } });
  });

  it('exit with 3 for what is not there', async () => {
    expect((await run('reset', 'agent:main:missing')).code).toBe(3);
    expect((await run('archives', 'agent:main:missing')).code).toBe(3);
    const ran = await run('restore', TELEGRAM, '0199-none', '--json');
    expect(ran.code).toBe(3);
    expect(errorOf(ran).code).toBe('SESSION_GONE');
  });
});

describe('holdfast rm', () => {
  it('needs --yes where nobody can be asked', async () => {
    const ran = await run('rm', TELEGRAM);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('--yes');
    expect(await read(TELEGRAM)).toBeDefined();
  });

  it('with --yes takes no part of a word', async () => {
    const ran = await run('rm', '12345', '--yes', '--json');
    expect(ran.code).toBe(3);
    expect(errorOf(ran)).toMatchObject({ candidates: [TELEGRAM] });
    expect(await read(TELEGRAM)).toBeDefined();
  });

  it('removes a session with its archives and prints nothing', async () => {
    await run('reset', TELEGRAM);
    expect(await run('rm', 'telegram', '--yes')).toEqual(SILENT);
    expect(await read(TELEGRAM)).toBeUndefined();
    expect((await run('archives', TELEGRAM)).code).toBe(3);
    expect((await run('rm', TELEGRAM, '--yes')).code).toBe(3);
  });
});

describe('a new store', () => {
  it('is made by set and append where they are told to, and by nothing else', async () => {
    const fresh = join(root(), 'fresh');
    for (const args of [
      ['ls'],
      ['show', 'x'],
      ['tail', 'x'],
      ['unset', 'agent:main:x', 'y'],
      ['reset', 'agent:main:x'],
      ['rm', 'agent:main:x', '--yes'],
      ['turns'],
      ['watch'],
      ['verify'],
      ['repair', '--apply'],
      ['stat'],
      ['set', 'no-whole-key', 'a=1'],
      ['append', 'agent:main:x', 'no json'],
    ]) {
      const ran = await inProcess([...args, '--store', fresh]);
      expect({ args, code: ran.code }).toEqual({ args, code: 2 });
      expect(existsSync(fresh)).toBe(false);
    }
    expect(await holdfast(['set', 'agent:main:x', 'a=1', '--store', fresh])).toEqual(SILENT);
    expect((await holdfast(['ls'], { cwd: join(fresh, 'agents') })).stdout).toContain(
      'agent:main:x',
    );
  });
});
