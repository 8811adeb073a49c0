import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openStore, type Store } from 'holdfast';
import { exportStateDir } from 'holdfast/openclaw';
import { afterAll, describe, expect, it } from 'vitest';
import { LATEST_DIALECT } from '../../src/openclaw/dialect/dialect.ts';
import { exportInto } from '../../src/openclaw/release/export-into.ts';
import { Told } from '../../src/openclaw/release/told.ts';
import { FaultySystem } from '../faults/faulty-system.ts';
import { openStoreAt } from '../files/open-store-at.ts';
import { freshSchema } from '../postgres/fresh-schema.ts';
import { adopted, contentsOf } from './released.ts';
import {
  inStore,
  readList,
  sampleCopy,
  sessionsDir,
  smallCopy,
  temporaryDirectory,
} from './state-copy.ts';

const KEY = 'agent:main:telegram:direct:5';
const schemas: ReturnType<typeof freshSchema>[] = [];
afterAll(() => Promise.all(schemas.map(({ drop }) => drop())));

const target = () => join(temporaryDirectory(), 'state');

/** A session of the SQLite era, as an adoption leaves it, and one that was reset. */
async function fill(store: Store): Promise<void> {
  const said = (content: string) => ({ type: 'message', message: { role: 'user', content } });
  await store.session(KEY).update({
    label: 'five',
    unknownOfTheFuture: { deep: [1] },
    delivery: {
      kind: 'channel',
      context: { channel: 'telegram', to: 'telegram:5', accountId: 'default' },
      route: { channel: 'telegram', accountId: 'default', target: { to: 'telegram:5' } },
      origin: { provider: 'telegram', from: 'telegram:5' },
    },
    skillsSnapshot: { prompt: 'p'.repeat(600), skills: [{ name: 'weather' }], version: 1 },
  });
  await store.session(KEY).append(said('one'), { id: 'r1' });
  await store.session(KEY).append({ ...said('beside'), appendMode: 'side' }, { id: 'r2' });
  await store.session(KEY).append(said('two'), { id: 'r3' });
  await store.session('agent:work:main').append(said('before'));
  await store.session('agent:work:main').reset({ reason: 'new' });
  await store.session('agent:work:main').append(said('after'));
  await store.session('global').update({ a: 1 });
}

async function filled(kind: 'files' | 'postgres'): Promise<string> {
  const place = kind === 'files' ? join(temporaryDirectory(), 'store') : freshSchema();
  if (typeof place !== 'string') schemas.push(place);
  const url = typeof place === 'string' ? place : place.url;
  const store = await openStore(url);
  await fill(store);
  await store.close();
  return url;
}

describe.each(['files', 'postgres'] as const)('a store in %s that is exported', (kind) => {
  it('R8.4 R9.5 is a state directory with all of it, for OpenClaw 2026.7.1', async () => {
    const root = target();
    const report = await exportStateDir(await filled(kind), root, { openclaw: '2026.7.1' });
    expect(report).toMatchObject({
      done: true,
      sessions: 3,
      archives: 1,
      transcripts: 4,
      leftOut: [],
    });
    const { sessionId, updatedAt, sessionFile, ...fields } = readList(root)[KEY];
    const hash = fields.skillsSnapshot.promptRef.hash as string;
    expect(fields).toEqual({
      label: 'five',
      unknownOfTheFuture: { deep: [1] },
      channel: 'telegram',
      lastChannel: 'telegram',
      lastTo: 'telegram:5',
      lastAccountId: 'default',
      deliveryContext: { channel: 'telegram', to: 'telegram:5', accountId: 'default' },
      route: { channel: 'telegram', accountId: 'default', target: { to: 'telegram:5' } },
      origin: { provider: 'telegram', from: 'telegram:5' },
      skillsSnapshot: {
        skills: [{ name: 'weather' }],
        version: 1,
        promptRef: { version: 1, algorithm: 'sha256', hash, bytes: 600 },
      },
    });
    expect(updatedAt).toBeGreaterThan(0);
    const prompt = `skills-prompts/sha256/${hash.slice(0, 2)}/${hash}.txt`;
    expect(readFileSync(join(sessionsDir(root), prompt), 'utf8')).toBe('p'.repeat(600));
    expect(sessionFile).toBe(join(sessionsDir(root), `${sessionId}.jsonl`));
    const lines = readFileSync(sessionFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'session', version: 3, id: sessionId, key: KEY });
    expect(
      lines.slice(1).map(({ id, parentId, appendMode }) => [id, parentId, appendMode]),
    ).toEqual([
      ['r1', null, undefined],
      ['r2', 'r1', 'side'],
      ['r3', 'r1', undefined],
    ]);
    expect(Object.keys(lines[1])).not.toContain('seq');
    const work = readdirSync(sessionsDir(root, 'work'));
    const former = work.find((name) => name.includes('.jsonl.reset.')) ?? '';
    expect(readFileSync(join(sessionsDir(root, 'work'), former), 'utf8')).toContain('"before"');
    expect(Object.keys(readList(root))).toEqual([KEY, 'global']);
  });

  it('has private files and directories', async () => {
    const root = target();
    await exportStateDir(await filled(kind), root);
    expect(statSync(root).mode & 0o777).toBe(0o700);
    for (const item of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const mode = statSync(join(item.parentPath, item.name)).mode & 0o777;
      expect({ name: item.name, mode }).toEqual({
        name: item.name,
        mode: item.isFile() ? 0o600 : 0o700,
      });
    }
  });
});

describe('an export', () => {
  it('R7.8 of an adopted directory holds the same when it is adopted itself', async () => {
    const from = await adopted(sampleCopy());
    const root = target();
    await exportStateDir(from, root);
    await adopted(root);
    const told = async (place: string) =>
      (await contentsOf(place)).map(({ key, sessionId, said, archives }) => ({
        key,
        sessionId,
        said,
        archives,
      }));
    expect(await told(root)).toEqual(await told(from));
  });

  it('is in the form of older versions when they are asked for', async () => {
    const from = await filled('files');
    const root = target();
    await exportStateDir(from, root, { openclaw: '2026.2.26' });
    const { route, skillsSnapshot, lastTo } = readList(root)[KEY];
    expect({ route, lastTo }).toEqual({ route: undefined, lastTo: 'telegram:5' });
    expect(skillsSnapshot.prompt).toBe('p'.repeat(600));
    expect(existsSync(join(sessionsDir(root), 'skills-prompts'))).toBe(false);
  });

  it('gives lines from before there were ids the parents that their order means', async () => {
    const from = smallCopy();
    const [key, { sessionId }] = Object.entries(readList(from))[0] as [
      string,
      { sessionId: string },
    ];
    const line = (text: string) =>
      `{"type":"message","message":{"role":"user","content":"${text}"}}\n`;
    const header = `{"type":"session","id":"${sessionId}","timestamp":"2026-01-01T00:00:00.000Z","cwd":"/w"}\n`;
    const file = join(sessionsDir(from), `${sessionId}.jsonl`);
    writeFileSync(file, header + line('a') + line('b') + line('c'));
    await adopted(from);
    const root = target();
    await exportStateDir(from, root);
    const text = readFileSync(readList(root)[key].sessionFile, 'utf8');
    const lines = text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((each) => JSON.parse(each));
    expect(lines.map(({ parentId }) => parentId)).toEqual([null, lines[0].id, lines[1].id]);
  });

  it('tells what is damaged, and writes the rest', async () => {
    const from = smallCopy();
    const key = 'agent:main:telegram:direct:701';
    const file = join(sessionsDir(from), `${readList(from)[key].sessionId}.jsonl`);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [...lines.slice(0, 3), 'no json', ...lines.slice(3)].join('\n'));
    await adopted(from);
    const root = target();
    const report = await exportStateDir(from, root);
    expect(report.leftOut).toEqual([
      { key, reason: expect.stringMatching(/damaged.*it is not JSON/) },
    ]);
    expect(readFileSync(readList(root)[key].sessionFile, 'utf8').split('\n')).toHaveLength(
      lines.length,
    );
  });

  it('R8.3 wants a damaged session repaired first', async () => {
    const from = await filled('files');
    const sessions = join(sessionsDir(from), 'sessions.d');
    const folder = readdirSync(sessions).find((name) => name.startsWith('telegram')) ?? '';
    const log = join(sessions, folder, 'meta.1.jsonl');
    const text = readFileSync(log, 'utf8');
    writeFileSync(log, `${text}no line of ours\n${text}`);
    await expect(exportStateDir(from, target())).rejects.toMatchObject({
      code: 'ENTRY_DAMAGED',
      key: KEY,
    });
  });

  it('R9.3 goes into an empty directory only, and follows no link in it', async () => {
    const from = await filled('files');
    const root = temporaryDirectory();
    symlinkSync(temporaryDirectory(), join(root, 'agents'));
    await expect(exportStateDir(from, root)).rejects.toMatchObject({ code: 'INVALID_ENTRY' });
    expect(readdirSync(root)).toEqual(['agents']);
    await expect(exportStateDir(from, join(root, 'a', 'b'))).rejects.toMatchObject({
      code: 'IO_FAILED',
    });
    const empty = join(temporaryDirectory(), 'empty');
    mkdirSync(empty, { mode: 0o755 });
    await exportStateDir(from, empty);
    expect(statSync(empty).mode & 0o777).toBe(0o700);
    const missing = join(temporaryDirectory(), 'no store');
    await expect(exportStateDir(missing, target())).rejects.toMatchObject({ code: 'IO_FAILED' });
    expect(existsSync(missing)).toBe(false);
  });

  it('C.15 leaves no list when a call fails, so that a part is not taken for the whole', async () => {
    const from = await filled('files');
    const { backend } = await openStoreAt(from);
    const ask = () => ({ dialect: LATEST_DIALECT, told: new Told(), onProgress: () => undefined });
    const system = new FaultySystem();
    await exportInto(system, backend, target(), ask());
    const moves = system.calls.findIndex(({ name }) => name === 'rename');
    expect(moves).toBeGreaterThan(40);
    for (let n = 5; n <= moves; n += 9) {
      const root = target();
      const faulty = new FaultySystem();
      faulty.failAt(n, 'ENOSPC');
      const failure = await exportInto(faulty, backend, root, ask()).catch((error) => error);
      // Looking at a directory that is there is no write.
      if (failure instanceof Error) expect(failure).toMatchObject({ code: 'DISK_FULL' });
      const lists = existsSync(root) ? readdirSync(root, { recursive: true }) : [];
      const named = lists.filter((name) => String(name).endsWith('sessions.json'));
      expect({ n, lists: named.length > 0 }).toEqual({ n, lists: !(failure instanceof Error) });
    }
  });

  it('keeps one file for each of two sessions that name one conversation', async () => {
    const from = smallCopy('id-equals-key');
    await adopted(from);
    await inStore(from, async (store) => {
      for await (const { key } of store.list()) {
        await store.session(key).append({ type: 'note', of: key });
      }
    });
    const root = target();
    await exportStateDir(from, root);
    for (const agentId of ['main', 'work']) {
      const entries = Object.entries(readList(root, agentId));
      expect(new Set(entries.map(([, { sessionFile }]) => sessionFile)).size).toBe(entries.length);
      for (const [key, { sessionFile }] of entries) {
        expect(readFileSync(sessionFile, 'utf8')).toContain(`"of":${JSON.stringify(key)}`);
      }
    }
  });
});
