import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AdoptedStore } from 'holdfast/openclaw';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { documentOf, errorOf, holdfast, MAIN } from './command-line.ts';
import { SLACK, sampleStore, temporaryDirectory } from './sample-store.ts';

const root = temporaryDirectory();
const SAMPLE = fileURLToPath(new URL('../../examples/openclaw/state-dir', import.meta.url));

/** The directory of the session of Slack in a store. */
function slackDirectory(store: string): string {
  const sessions = join(store, 'agents', 'main', 'sessions', 'sessions.d');
  const name = readdirSync(sessions).find((child) => child.startsWith('slack-channel-c024~'));
  return join(sessions, name ?? 'missing');
}

function damage(store: string): void {
  const directory = slackDirectory(store);
  const log = readdirSync(directory).find((name) => /^meta\.\d+\.jsonl$/.test(name)) ?? 'missing';
  const whole = readFileSync(join(directory, log), 'utf8');
  // A line in the middle that does not decode, with a good one after it, is no torn tail.
  writeFileSync(join(directory, log), `${whole}not what was written here\n${whole}`);
}

describe('holdfast verify and repair', () => {
  let store: string;
  const run = (...args: string[]) => holdfast([...args, '--store', store]);

  beforeAll(async () => {
    store = await sampleStore(join(root(), 'damaged'));
  });

  it('report that all is well', async () => {
    const { code, stdout } = await run('verify');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Checked 4 sessions, .*\.\nNo problem found\.\n$/),
    });
    expect(documentOf(await run('verify', '--json'))).toMatchObject({
      ok: true,
      checked: { sessions: 4 },
    });
    expect(await run('repair', '--dry-run')).toMatchObject({
      code: 0,
      stdout: 'There is nothing to mend.\n',
    });
  });

  it('repair needs exactly one of --dry-run and --apply', async () => {
    for (const args of [[], ['--dry-run', '--apply']]) {
      const ran = await run('repair', ...args, '--json');
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(errorOf(ran).code).toBe('USAGE');
    }
  });

  it('find damage, mend it when asked, and keep the bytes aside', async () => {
    damage(store);
    const verified = await run('verify');
    expect(verified.code).toBe(1);
    expect(verified.stdout).toMatch(new RegExp(`^damage {2}ENTRY_DAMAGED {2}${SLACK}$`, 'm'));
    expect(verified.stdout).toMatch(/^ {2}remedy {2}\S/m);
    expect(documentOf(await run('verify', '--json'))).toMatchObject({ ok: false });

    const shown = await run('show', SLACK, '--json');
    expect(shown).toMatchObject({ code: 6, stdout: '' });
    expect(errorOf(shown)).toMatchObject({
      code: 'ENTRY_DAMAGED',
      lastGood: { entry: { model: 'opus' } },
    });
    expect((await run('show', 'c024')).stderr).toContain('holdfast repair --apply');
    expect(await run('set', SLACK, 'x=1')).toMatchObject({ code: 6 });
    expect(await run('ls')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('agent:work:main'),
    });

    const before = readdirSync(slackDirectory(store)).sort();
    const dry = await run('repair', '--dry-run');
    expect(dry.stdout).toMatch(/^ {2}would {3}\S/m);
    expect(readdirSync(slackDirectory(store)).sort()).toEqual(before);
    const applied = await run('repair', '--apply');
    expect(applied).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}kept {4}\S/m) });
    expect((await run('verify')).code).toBe(0);
    expect(documentOf(await run('show', SLACK, '--json'))).toMatchObject({
      entry: { model: 'opus' },
    });
  });
});

describe('holdfast stat', () => {
  it('tells counts, bytes and the biggest sessions', async () => {
    const store = await sampleStore(join(root(), 'stat'));
    const { code, stdout } = await holdfast(['stat', '--store', store]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^.*stat \(files\)\n/);
    expect(stdout).toMatch(/^ {2}sessions +4 +[\d.]+ K?B +metadata$/m);
    expect(stdout).toMatch(/^biggest sessions\n +[\d.]+ K?B +agent:main:slack:channel:c024$/m);
    expect(documentOf(await holdfast(['stat', '--store', store, '--json']))).toMatchObject({
      location: store,
      kind: 'files',
      sessions: 4,
      biggest: expect.arrayContaining([{ key: SLACK, bytes: expect.any(Number) }]),
    });
  });
});

describe('holdfast adopt', () => {
  it('takes over a state directory, and a second time changes nothing', async () => {
    const state = join(root(), 'state');
    cpSync(SAMPLE, state, { recursive: true });
    const refused = await holdfast(['ls', '--store', state]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`holdfast adopt ${state}`);
    expect(existsSync(join(state, 'holdfast.json'))).toBe(false);

    const adopted = await holdfast(['adopt', state]);
    expect(adopted.code).toBe(0);
    expect(adopted.stdout).toMatch(
      /^AGENT +ENTRIES +ADOPTED +KNOWN +REPAIRED +REFUSED +ARCHIVES +RECOVERED +ORPHANS\n/,
    );
    expect(adopted.stdout).toMatch(/^main +44 +44 +0 +\d+ +0 +\d+ +\d+ +0$/m);
    expect(adopted.stdout).toMatch(
      /^Adopted 62 sessions, recovered 10 from loose transcripts\.\n$/m,
    );
    const again = await holdfast(['adopt', state, '--json']);
    expect(documentOf(again)).toMatchObject({ adopted: 0, known: 62 });

    const rows = documentOf(await holdfast(['ls', '--store', state, '--json'])) as unknown[];
    expect(rows).toHaveLength(72);
    const { stdout } = await holdfast(['tail', 'telegram:direct:555001', '--store', state]);
    expect(stdout).toMatch(/\d\d:\d\d:\d\d {2}user {7}\S/);
    expect((await holdfast(['verify', '--store', state])).code).toBe(0);
  });

  it('says what it would do, and writes nothing', async () => {
    const state = join(root(), 'planned');
    cpSync(SAMPLE, state, { recursive: true });
    const before = readdirSync(state, { recursive: true }).sort();
    const plan = await holdfast(['adopt', '--dry-run', state]);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(
      /^Would adopt 62 sessions, recovered 10 from loose transcripts\. Nothing was written\.\n$/m,
    );
    expect(readdirSync(state, { recursive: true }).sort()).toEqual(before);
    const { dryRun, ...planned } = documentOf(
      await holdfast(['adopt', '--dry-run', '--json', state]),
    ) as { dryRun: boolean };
    expect(dryRun).toBe(true);
    expect(documentOf(await holdfast(['adopt', '--json', state]))).toEqual({
      ...planned,
      dryRun: false,
    });
  });

  it('refuses a directory on which a gateway is at work, unless it is told otherwise', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const state = join(root(), 'live');
    cpSync(SAMPLE, state, { recursive: true });
    writeFileSync(join(state, 'openclaw.json'), JSON.stringify({ gateway: { port } }));
    const refused = await holdfast(['adopt', '--json', state]);
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(errorOf(refused)).toMatchObject({ code: 'SESSION_BUSY' });
    expect(errorOf(refused).message).toContain(`port ${port}`);
    expect(existsSync(join(state, 'holdfast.json'))).toBe(false);
    expect((await holdfast(['adopt', '--beside', state])).code).toBe(0);
  });

  it('takes of a damaged list what stands before the damage, when it is told to', async () => {
    const state = join(root(), 'damaged');
    cpSync(SAMPLE, state, { recursive: true });
    const list = join(state, 'agents/main/sessions/sessions.json');
    writeFileSync(list, readFileSync(list, 'utf8').slice(0, 100_000));
    const refused = await holdfast(['adopt', state, '--json']);
    expect(refused.code).toBe(1);
    const [main] = (documentOf(refused) as { stores: AdoptedStore[] }).stores;
    expect(main).toMatchObject({ adopted: 0, recovered: 0, unreadable: expect.any(String) });
    const salvaged = await holdfast(['adopt', '--salvage', state]);
    expect(salvaged.code).toBe(0);
    expect(salvaged.stdout).toMatch(
      /ends in the middle; the \d+ entries before that are taken over/,
    );
    // What the lost entries were about is there under keys of its own, and so are their archives.
    const rows = documentOf(await holdfast(['ls', '--store', state, '--json'])) as unknown[];
    expect(rows.length).toBeGreaterThanOrEqual(72);
  });

  it('makes nothing of a directory that has no sessions', async () => {
    const empty = join(root(), 'empty');
    mkdirSync(empty);
    const ran = await holdfast(['adopt', empty]);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^notice {2}agents: it is not there.*\n\nAdopted 0 sessions\.\n$/);
    expect(readdirSync(empty)).toEqual([]);
  });

  it('refuses a directory that is not there', async () => {
    const ran = await holdfast(['adopt', join(root(), 'missing'), '--json']);
    expect(ran).toMatchObject({ code: 7, stdout: '' });
    expect(errorOf(ran).code).toBe('IO_FAILED');
  });
});

describe('a store that can not be read', () => {
  it('of a newer format is refused and left as it is', async () => {
    const store = await sampleStore(join(root(), 'newer'));
    const mark = join(store, 'holdfast.json');
    const text = readFileSync(mark, 'utf8').replace(/"format": ?1/, '"format":99');
    writeFileSync(mark, text);
    const ran = await holdfast(['ls', '--store', store, '--json']);
    expect(ran).toMatchObject({ code: 7, stdout: '' });
    expect(errorOf(ran).code).toBe('FORMAT_TOO_NEW');
    expect(readFileSync(mark, 'utf8')).toBe(text);
  });

  it('on a full disk is told, and keeps what it had', async () => {
    if (process.platform === 'win32') return console.log('skipped: no file-size limit to set here');
    const store = await sampleStore(join(root(), 'full'));
    const before = await holdfast(['tail', SLACK, '--raw', '--store', store]);
    const record = join(root(), 'record.json');
    writeFileSync(record, JSON.stringify({ type: 'custom', data: 'x'.repeat(1_000_000) }));
    // The file-size limit of the shell stands for a disk with no room: 8 blocks of 512 bytes.
    const script = 'ulimit -f 8; exec "$0" "$1" append "$2" --store "$3" < "$4"';
    const child = spawnSync('sh', ['-c', script, process.execPath, MAIN, SLACK, store, record]);
    expect(child.stderr.toString()).toMatch(/^holdfast: .* \(DISK_FULL\)\n/);
    expect(child.status).toBe(7);
    expect(await holdfast(['tail', SLACK, '--raw', '--store', store])).toEqual(before);
  });

  it('a torn last line is no damage', async () => {
    const store = await sampleStore(join(root(), 'torn'));
    const directory = slackDirectory(store);
    const log = readdirSync(directory).find((name) => name.startsWith('meta.')) ?? 'missing';
    appendFileSync(join(directory, log), '{"rev":2,"set":{"half":');
    const ran = await holdfast(['show', SLACK, '--store', store, '--json']);
    expect(documentOf(ran)).toMatchObject({ rev: 1, entry: { model: 'opus' } });
  });
});
