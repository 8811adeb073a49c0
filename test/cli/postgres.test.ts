/** Every command on a store in PostgreSQL, as on a directory; and no password in what is printed. */
import { openStore } from 'holdfast';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshSchema } from '../postgres/fresh-schema.ts';
import { documentOf, errorOf, holdfast, inProcess, type Ran, start } from './command-line.ts';
import { GatewayProcess } from './gateway-process.ts';
import { SLACK, sampleStore, THREAD } from './sample-store.ts';

const { url, schema, drop } = freshSchema(inject('postgresUrl'));
const { password } = new URL(url);
const env = { HOLDFAST_STORE: url };

beforeAll(() => sampleStore(url));
afterAll(drop);

/** Runs a command with the store in the environment, and looks through what it printed. */
async function on(...args: string[]): Promise<Ran> {
  return kept(await inProcess(args, { env }));
}

function kept(ran: Ran): Ran {
  expect(password.length).toBeGreaterThan(8);
  expect(ran.stdout + ran.stderr).not.toContain(password);
  return ran;
}

test('the store is named by --store, too', async () => {
  const ran = kept(await holdfast(['ls', '--json', '--store', url]));
  expect(ran.stderr).toBe('');
  expect(documentOf(ran)).toHaveLength(4);
});

describe('looking', () => {
  test('ls, show, tail, archives', async () => {
    expect((await on('ls', '--channel', 'slack')).stdout).toContain('Größe 日本');
    expect(documentOf(await on('show', SLACK, '--json'))).toMatchObject({ key: SLACK, rev: 1 });
    expect((await on('tail', SLACK)).stdout).toContain('hello');
    expect(await on('archives', SLACK)).toMatchObject({ code: 1, stdout: '' });
  });

  test('stat names the place without its password', async () => {
    const figures = documentOf(await on('stat', '--json'));
    expect(figures).toMatchObject({ kind: 'postgres', sessions: 4 });
    expect((await on('stat')).stdout).toContain(`schema=${schema}`);
  });

  test('verify and repair', async () => {
    expect(documentOf(await on('verify', '--json'))).toMatchObject({ ok: true, problems: [] });
    expect(await on('repair', '--dry-run')).toMatchObject({
      code: 0,
      stdout: 'There is nothing to mend.\n',
    });
    expect(await on('repair', '--apply')).toMatchObject({ code: 0 });
  });
});

test('set, unset, append, reset, archives, restore, rm', async () => {
  const key = 'agent:main:telegram:group:new';
  const read = async () => documentOf(await on('show', key, '--json')) as { sessionId: string };
  expect(await on('set', key, 'model=opus', 'n=1')).toMatchObject({ code: 0, stdout: '' });
  expect(await on('unset', key, 'n')).toMatchObject({ code: 0 });
  expect(await on('set', key, 'n=2', '--if-rev', '7')).toMatchObject({ code: 5 });
  const append = () => on('append', key, '{"type":"note","text":"said"}', '--id', 'once', '--json');
  const record = await append();
  expect(await append()).toEqual(record);
  const { sessionId } = await read();
  expect(await on('reset', key, '--reason', 'daily')).toMatchObject({ code: 0 });
  expect(documentOf(await on('archives', key, '--json'))).toMatchObject([
    { sessionId, reason: 'daily', entry: { model: 'opus' } },
  ]);
  expect((await on('tail', key, '--session-id', sessionId)).stdout).toContain('note');
  expect(await on('restore', key, sessionId)).toMatchObject({ code: 0 });
  expect(await read()).toMatchObject({ sessionId, rev: 4 });
  expect(await on('rm', key, '--yes')).toMatchObject({ code: 0 });
  expect(await on('show', key)).toMatchObject({ code: 3 });
});

test('turns shows who holds what, and asks it to stop', async () => {
  const gateway = await GatewayProcess.start(url);
  try {
    expect(await on('turns')).toMatchObject({ code: 1, stdout: '' });
    gateway.tell({ turn: SLACK });
    await gateway.said('began');
    const [row, ...more] = documentOf(await on('turns', '--json')) as { key: string }[];
    expect(more).toEqual([]);
    expect(row).toMatchObject({ key: SLACK, turn: { label: 'reply', status: 'running' } });
    expect(await on('turns', 'interrupt', SLACK)).toMatchObject({ code: 0 });
    expect(await gateway.said('ended')).toMatchObject({ how: 'aborted' });
  } finally {
    await gateway.stop();
  }
});

test('watch and tail -f tell what another process does', async () => {
  const watching = start(['watch', '--json'], { env });
  const following = start(['tail', THREAD, '-f', '--raw'], { env });
  const store = await openStore(url);
  try {
    let n = 0;
    // A watch has begun when it tells something; nothing says so before.
    const seen = { changes: false, records: false };
    const changes = watching.until((text) => text.includes(THREAD));
    const records = following.until((text) => text.includes('"followed"'));
    void changes.then(() => (seen.changes = true));
    void records.then(() => (seen.records = true));
    while (!(seen.changes && seen.records) && n < 200) {
      n += 1;
      await store.session(THREAD).append({ type: 'followed', n });
      await Promise.race([Promise.all([changes, records]), new Promise((r) => setTimeout(r, 100))]);
    }
    await Promise.all([changes, records]);
  } finally {
    await store.close();
    for (const { child } of [watching, following]) child.kill('SIGINT');
  }
  expect(kept(await watching.ended).code).toBe(130);
  expect(kept(await following.ended).code).toBe(130);
});

test('only a command that may make a store makes a schema', async () => {
  const other = freshSchema(inject('postgresUrl'));
  try {
    const refused = kept(await inProcess(['ls', '--json', '--store', other.url]));
    expect(refused.code).toBe(7);
    expect(errorOf(refused)).toMatchObject({
      code: 'STORE_UNSUPPORTED',
      message: expect.stringContaining('There is no store in the schema'),
    });
    const made = kept(await inProcess(['set', 'agent:main:new', 'n=1', '--store', other.url]));
    expect(made).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await inProcess(['ls', '--store', other.url])).toMatchObject({ code: 0 });
  } finally {
    await other.drop();
  }
});

const at = (change: (place: URL) => void) => {
  const place = new URL(url);
  change(place);
  return place.href;
};

test.each<[string, number, string[]]>([
  ['a wrong password', 7, ['ls', '--store', at((place) => (place.password += 'x'))]],
  ['no server', 7, ['ls', '--store', at((place) => (place.port = '1'))]],
  ['a bad schema', 2, ['ls', '--store', at((place) => place.searchParams.set('schema', 'No'))]],
  ['no URL at all', 2, ['ls', '--store', url.replace('@', '@[')]],
  ['a URL with one slash', 7, ['ls', '--store', url.replace('//', '/').replace(/:\d+\//, ':1/')]],
  ['a URL where a command belongs', 2, [url]],
  ['a URL where a key belongs', 3, ['show', url]],
  ['a slip in an option', 2, ['ls', `--stor=${url}`]],
  ['a URL where a directory belongs', 2, ['adopt', url]],
  ['a URL where a mount belongs', 2, ['doctor', '--mount', url]],
])('%s is told without its password', async (_what, code, args) => {
  const given = args.includes('--store') ? {} : env;
  for (const json of [[], ['--json']]) {
    const ran = kept(await inProcess([...args, ...json], { env: given }));
    expect(ran.code, ran.stderr).toBe(code);
  }
});
