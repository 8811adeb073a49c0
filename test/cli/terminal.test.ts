/** What people see on a terminal; the command line runs in this process, on streams of ours. */
import { chmodSync, cpSync, existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/cli/display-width.ts';
import { run } from '../../src/cli/run.ts';
import { Collected } from './command-line.ts';
import { inStore, SLACK, sampleStore, TELEGRAM, temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();
const SAMPLE = fileURLToPath(new URL('../../examples/openclaw/state-dir', import.meta.url));
let store: string;

beforeAll(async () => {
  store = await sampleStore(join(root(), 'store'));
});

class Screen extends Collected {
  readonly isTTY = true;
  readonly columns: number;

  constructor(columns: number) {
    super();
    this.columns = columns;
  }
}

async function onTerminal(
  args: string[],
  {
    columns = 80,
    env = {},
    answer,
  }: { columns?: number; env?: NodeJS.ProcessEnv; answer?: string } = {},
) {
  const stdout = new Screen(columns);
  const stderr = new Screen(columns);
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  if (answer !== undefined) stdin.end(answer);
  const signal = new AbortController().signal;
  const shell = {
    stdin,
    stdout,
    stderr,
    env: { HOLDFAST_STORE: store, ...env },
    cwd: root(),
    signal,
  };
  const code = await run(args, shell);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

describe('on a terminal', () => {
  it('colours, unless NO_COLOR is set or the terminal is dumb', async () => {
    expect((await onTerminal(['ls'])).stdout).toContain('\x1b[');
    expect((await onTerminal(['ls'], { env: { NO_COLOR: '1' } })).stdout).not.toContain('\x1b[');
    expect((await onTerminal(['ls'], { env: { TERM: 'dumb' } })).stdout).not.toContain('\x1b[');
    expect((await onTerminal(['ls', '--json'])).stdout).not.toContain('\x1b[');
  });

  it('shows what an adoption would do, and asks', async () => {
    const state = join(root(), 'claw');
    cpSync(SAMPLE, state, { recursive: true });
    const no = await onTerminal(['adopt', state], { answer: 'n\n' });
    expect(no.code).toBe(1);
    expect(no.stdout).toContain('Would adopt 62 sessions');
    expect(no.stderr).toContain('Take over 72 sessions? [y/N] Nothing was taken over.');
    expect(existsSync(join(state, 'holdfast.json'))).toBe(false);
    const yes = await onTerminal(['adopt', state], { answer: 'y\n' });
    expect(yes.code).toBe(0);
    expect(yes.stdout).toContain('Adopted 62 sessions');
    const again = await onTerminal(['adopt', state], { answer: '' });
    expect(again.code).toBe(0);
    expect(again.stderr).not.toContain('?');
  });

  it('asks before it makes fixes in a state directory, which it lists', async () => {
    const state = join(root(), 'open-claw');
    cpSync(SAMPLE, state, { recursive: true });
    chmodSync(state, 0o755);
    const modeOf = () => lstatSync(state).mode & 0o777;
    const no = await onTerminal(['doctor', '--fix', state], { answer: 'n\n' });
    expect(no.stdout).toContain('changes the permissions of the directory itself from 755 to 700');
    expect(no.stderr).toMatch(/^Make \d+ fix(es)?\? \[y\/N\] Nothing was changed\.\n$/);
    expect(modeOf()).toBe(0o755);
    await onTerminal(['doctor', '--fix', state], { answer: 'y\n' });
    expect(modeOf()).toBe(0o700);
  });

  it.each([60, 80, 120])('stays within %d columns', async (columns) => {
    await inStore(store, async (opened) => {
      const session = opened.session('agent:main:whatsapp:acct2:direct:+1555204306');
      await session.update({
        label: 'a label that is rather long '.repeat(5),
        prompt: 'word '.repeat(900),
      });
      await session.append({
        type: 'message',
        message: { role: 'user', content: 'word '.repeat(300) },
      });
      await session.append({
        type: 'message',
        message: { role: 'user', content: '日本'.repeat(300) },
      });
    });
    for (const args of [
      ['ls'],
      ['show', 'acct2'],
      ['tail', 'acct2'],
      ['stat'],
      ['turns'],
      ['verify'],
    ]) {
      const { stdout } = await onTerminal(args, { columns });
      for (const line of stripVTControlCharacters(stdout).split('\n')) {
        expect({ args, line, fits: displayWidth(line) <= columns }).toMatchObject({ fits: true });
      }
    }
  });

  it('rm shows what would go and takes no for an answer', async () => {
    const no = await onTerminal(['rm', 'telegram'], { answer: '\n' });
    expect(no.code).toBe(1);
    expect(no.stderr).toMatch(
      /^Remove agent:main:telegram:group:-1001234501 \(rev 1, changed \d+s ago, 0 archives\)\? \[y\/N\] /,
    );
    expect(no.stderr).toContain('Nothing was removed.');
    expect((await onTerminal(['rm', 'telegram'], { answer: '' })).code).toBe(1);
    expect(await inStore(store, (opened) => opened.session(TELEGRAM).read())).toBeDefined();
  });

  it('rm removes after a yes', async () => {
    expect((await onTerminal(['rm', 'telegram'], { answer: 'y\n' })).code).toBe(0);
    expect(await inStore(store, (opened) => opened.session(TELEGRAM).read())).toBeUndefined();
  });

  it('append asks for a record instead of waiting for one', async () => {
    const ran = await onTerminal(['append', SLACK]);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('There is no record to append.');
  });
});
