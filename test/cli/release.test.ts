/** Giving a state directory back, and writing a store as one, from the command line. */
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ReleaseReport } from 'holdfast/openclaw';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { Collected, documentOf, errorOf, holdfast } from './command-line.ts';
import { inStore, sampleStore, temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();
const SAMPLE = fileURLToPath(new URL('../../examples/openclaw/state-dir', import.meta.url));

async function adoptedState(name: string): Promise<string> {
  const state = join(root(), name);
  cpSync(SAMPLE, state, { recursive: true, preserveTimestamps: true });
  await adoptStateDir(state, { beside: true });
  await inStore(state, (store) =>
    store.session('agent:main:new').append({ type: 'message', message: { role: 'user' } }),
  );
  return state;
}

const list = (state: string) =>
  JSON.parse(readFileSync(join(state, 'agents/main/sessions/sessions.json'), 'utf8'));

describe('holdfast release', () => {
  it('shows the plan, releases with --yes, and then there is nothing more', async () => {
    const state = await adoptedState('given-back');
    const plan = await holdfast(['release', '--dry-run', state]);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(/^main +45 +4 +1 +0 +0$/m);
    expect(plan.stdout).toMatch(
      /^Would release 63 sessions and 4 archives, for OpenClaw 2026\.7\.1\.\n$/m,
    );
    expect(existsSync(join(state, 'holdfast.json'))).toBe(true);
    const refused = await holdfast(['release', state]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes or --dry-run');
    const done = await holdfast(['release', '--yes', '--json', state]);
    expect(done.code).toBe(0);
    const report = documentOf(done) as unknown as ReleaseReport;
    expect(report).toMatchObject({ done: true, sessions: 63, transcripts: 1, leftOut: [] });
    expect(readdirSync(state)).toContain(report.aside);
    expect(list(state)['agent:main:new'].sessionId).toEqual(expect.any(String));
    const again = await holdfast(['release', '--yes', '--json', state]);
    expect(errorOf(again)).toMatchObject({
      code: 'IO_FAILED',
      message: expect.stringMatching(/nothing to release/),
    });
  });

  it('asks on a terminal', async () => {
    const state = await adoptedState('asked');
    const onTerminal = async (answer: string) => {
      const screen = () => Object.assign(new Collected(), { isTTY: true, columns: 80 });
      const [stdout, stderr] = [screen(), screen()];
      const stdin = Object.assign(new PassThrough(), { isTTY: true });
      stdin.end(answer);
      const signal = new AbortController().signal;
      const shell = { stdin, stdout, stderr, env: { NO_COLOR: '1' }, cwd: root(), signal };
      const code = await run(['release', state], shell);
      return { code, stdout: stdout.text, stderr: stderr.text };
    };
    const no = await onTerminal('n\n');
    expect(no.code).toBe(1);
    expect(no.stdout).toContain('Would release 63 sessions');
    expect(no.stderr).toContain(`Release ${state}? [y/N] Nothing was changed.`);
    expect(existsSync(join(state, 'holdfast.json'))).toBe(true);
    const yes = await onTerminal('y\n');
    expect(yes.code).toBe(0);
    expect(yes.stdout).toMatch(/^The files of the store are in holdfast-released-\S+ now\.$/m);
    expect(existsSync(join(state, 'holdfast.json'))).toBe(false);
  });

  it('tells what it can not carry over, and exits with 1', async () => {
    const state = await adoptedState('odd');
    await inStore(state, (store) => store.session('agent:Zoë:main').update({ a: 1 }));
    const done = await holdfast(['release', '--yes', state]);
    expect(done.code).toBe(1);
    expect(done.stdout).toMatch(
      /left out {2}agent:Zoë:main: OpenClaw gives no agent the name "Zoë"/,
    );
  });

  it('refuses versions that keep sessions in SQLite, and what is no version', async () => {
    const state = await adoptedState('versions');
    const code = async (version: string) =>
      errorOf(await holdfast(['release', '--yes', '--json', '--openclaw', version, state])).code;
    expect(await code('2026.9.6')).toBe('STORE_UNSUPPORTED');
    expect(await code('soon')).toBe('INVALID_ENTRY');
    expect(existsSync(join(state, 'holdfast.json'))).toBe(true);
  });
});

describe('holdfast export', () => {
  it('writes a store into an empty directory, for a version that has to be named', async () => {
    const store = await sampleStore(join(root(), 'store'));
    const state = join(root(), 'exported');
    const unsaid = await holdfast(['export', state, '--store', store]);
    expect(unsaid.code).toBe(2);
    expect(unsaid.stderr).toContain('--openclaw 2026.7.1');
    const done = await holdfast(['export', '--openclaw', '2026.7.1', state, '--store', store]);
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^Wrote \d+ sessions and \d+ archives? to .*exported\.$/m);
    expect(Object.keys(list(state)).length).toBeGreaterThan(2);
    const full = await holdfast([
      'export',
      '--openclaw',
      '2026.7.1',
      '--json',
      state,
      '--store',
      store,
    ]);
    expect(errorOf(full)).toMatchObject({
      code: 'INVALID_ENTRY',
      message: expect.stringMatching(/is not empty/),
    });
  });
});
