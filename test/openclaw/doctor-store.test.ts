import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { adoptStateDir, type DoctorReport, examineStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { directoryOf } from '../files/paths-of-session.ts';
import { DIRECT, damagedCopy, MAIN, MAIN_FILE } from './damaged-copy.ts';
import { inStore, listPath, readList, sampleCopy, sessionsDir, writeList } from './state-copy.ts';

const LIST = 'agents/main/sessions/sessions.json';

const of = ({ findings }: DoctorReport, code: string) =>
  findings.filter((finding) => finding.code === code);

function healthy(): string {
  return damagedCopy('none');
}

async function adopted(root = healthy()): Promise<string> {
  await adoptStateDir(root);
  return root;
}

describe('an examination of a directory that was taken over', () => {
  it('finds nothing above a note where nothing is wrong', async () => {
    const root = sampleCopy();
    chmodSync(root, 0o700);
    const report = await examineStateDir(await adopted(root));
    expect(report.kind).toBe('holdfast');
    expect(report.counts).toMatchObject({ error: 0, warning: 0 });
    // Its loose transcripts are sessions now.
    expect(of(report, 'ORPHAN_TRANSCRIPT')).toEqual([]);
  });

  it('finds no archive of a session to be an orphan', async () => {
    const root = damagedCopy('case-duplicate-keys');
    expect(of(await examineStateDir(root), 'ORPHAN_TRANSCRIPT')).toHaveLength(1);
    await adoptStateDir(root);
    expect(of(await examineStateDir(root), 'ORPHAN_TRANSCRIPT')).toEqual([]);
  });

  it('names entries that were not taken over', async () => {
    const root = await adopted();
    const list = readList(root);
    list['agent:main:late'] = { sessionId: 'late', updatedAt: 5 };
    writeList(root, list);
    const report = await examineStateDir(root);
    expect(of(report, 'NOT_ADOPTED')).toMatchObject([{ path: LIST, key: 'agent:main:late' }]);
    await adoptStateDir(root);
    expect(of(await examineStateDir(root), 'NOT_ADOPTED')).toEqual([]);
  });

  it('takes a session that was removed, or made here, for no entry that was forgotten', async () => {
    const root = await adopted();
    await inStore(root, async (store) => {
      await store.session(DIRECT).remove();
      await store.session('agent:main:here').update({ a: 1 });
    });
    const list = readList(root);
    list['agent:main:here'] = { sessionId: 'here', updatedAt: 5 };
    writeList(root, list);
    expect(of(await examineStateDir(root), 'NOT_ADOPTED')).toEqual([]);
  });

  it('passes on what `verify` finds, and nothing twice', async () => {
    const root = damagedCopy('garbage-middle-line');
    await adoptStateDir(root);
    const before = await examineStateDir(root);
    expect(of(before, 'TRANSCRIPT_DAMAGED')).toHaveLength(2);
    expect(of(before, 'STORE_DAMAGE')).toEqual([]);
    const folder = directoryOf(root, DIRECT);
    const log = readdirSync(folder).find((name) => name.startsWith('meta.')) as string;
    const text = readFileSync(join(folder, log), 'utf8');
    writeFileSync(join(folder, log), text.replace('"rev":1', '"rev":2'));
    const after = await examineStateDir(root);
    expect(of(after, 'STORE_DAMAGE')).toMatchObject([
      { severity: 'error', reason: expect.stringMatching(/^ENTRY_DAMAGED: /) },
    ]);
  });

  it('tells nothing of a torn transcript any more once an append has cut it off', async () => {
    const root = damagedCopy('torn-last-line');
    await adoptStateDir(root);
    expect(of(await examineStateDir(root), 'TRANSCRIPT_TORN')).toHaveLength(1);
    await inStore(root, (store) => store.session(MAIN).append({ type: 'message' }));
    const after = await examineStateDir(root);
    expect([...of(after, 'TRANSCRIPT_TORN'), ...of(after, 'FOREIGN_FILE')]).toEqual([]);
  });

  it('names damage in the list of adopted keys', async () => {
    const root = await adopted();
    const path = join(sessionsDir(root), 'sessions.d', 'adopted.jsonl');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"v":1', '"v":2'));
    expect(of(await examineStateDir(root), 'LEDGER_DAMAGED')).toMatchObject([
      { path: 'agents/main/sessions/sessions.d/adopted.jsonl', count: 1 },
    ]);
  });

  it('C.18 looks at what is of OpenClaw beside a store of a newer format', async () => {
    const root = await adopted(damagedCopy('torn-last-line'));
    writeFileSync(join(root, 'holdfast.json'), '{"format":2,"store":"holdfast"}\n');
    const report = await examineStateDir(root);
    expect(of(report, 'STORE_TOO_NEW')).toHaveLength(1);
    expect(of(report, 'TRANSCRIPT_TORN')).toMatchObject([{ key: MAIN }]);
  });
});

describe('a migration', () => {
  it('that was begun and not finished is named, whoever began it', async () => {
    const root = await adopted();
    const runs = join(root, 'session-sqlite-migration-runs');
    mkdirSync(runs);
    const run = { manifestVersion: 3, startedAt: '2026-11-22T13:41:27.756Z', targets: [] };
    writeFileSync(join(runs, 'a.json'), JSON.stringify(run));
    const ended = { ...run, completedAt: '2026-11-22T13:41:44.293Z' };
    writeFileSync(join(runs, 'b.json'), JSON.stringify(ended));
    writeFileSync(join(runs, 'c.json'), '{"manifestVersion":3,');
    writeFileSync(join(root, 'holdfast-release.json'), '{}');
    mkdirSync(join(root, 'holdfast-released-2026-03-01T10-15-00.000Z'));
    const report = await examineStateDir(root);
    expect(of(report, 'MIGRATION_UNFINISHED').map(({ path }) => path)).toEqual([
      'session-sqlite-migration-runs/a.json',
      'session-sqlite-migration-runs/c.json',
    ]);
    expect(of(report, 'RELEASE_UNFINISHED')).toMatchObject([{ path: 'holdfast-release.json' }]);
    expect(of(report, 'COPIES_KEPT')).toHaveLength(1);
  });

  it('that left a list beside the sessions in SQLite is named', async () => {
    const root = healthy();
    const agent = join(root, 'agents/main/agent');
    const path = join(agent, 'openclaw-agent.sqlite');
    // 2026.7.1 has this file already, without tables of sessions.
    writeFileSync(path, 'SQLite format 3\0 CREATE TABLE auth_profiles (id)');
    expect(of(await examineStateDir(root), 'SQLITE_AND_LIST')).toEqual([]);
    appendFileSync(path, ' CREATE TABLE session_nodes (session_key TEXT)');
    mkdirSync(join(root, 'agents/main/session-sqlite-import-archive'));
    const both = await examineStateDir(root);
    expect(of(both, 'SQLITE_AND_LIST')).toMatchObject([{ severity: 'error', path: LIST }]);
    expect(of(both, 'IMPORT_ARCHIVE')).toMatchObject([{ count: 0 }]);
    rmSync(listPath(root));
    const after = await examineStateDir(root);
    expect(of(after, 'SQLITE_ERA')).toHaveLength(1);
    expect(after.counts.error).toBe(0);
  });

  it('from a time before there were agents, or beside another state directory, is named', async () => {
    const root = healthy();
    mkdirSync(join(root, 'sessions'));
    mkdirSync(join(root, '.openclaw/agents'), { recursive: true });
    const config = JSON.parse(readFileSync(join(root, 'openclaw.json'), 'utf8'));
    config.session = { ...config.session, store: '~/elsewhere/{agentId}.json' };
    writeFileSync(join(root, 'openclaw.json'), JSON.stringify(config));
    mkdirSync(join(root, 'agents/Not An Agent'));
    const report = await examineStateDir(root);
    const codes = report.findings.map(({ code, path }) => `${code} ${path}`);
    expect(codes).toEqual(
      expect.arrayContaining([
        'LEGACY_SESSIONS sessions',
        'NESTED_STATE_DIR .openclaw',
        'STORE_ELSEWHERE openclaw.json',
        'AGENT_UNUSABLE agents/Not An Agent',
      ]),
    );
  });

  it('is not looked for in a directory that is none of OpenClaw', async () => {
    const root = healthy();
    rmSync(join(root, 'agents'), { recursive: true });
    const { findings } = await examineStateDir(root);
    expect(findings.map(({ code }) => code)).toContain('NO_STATE_DIR');
    await expect(examineStateDir(join(root, 'nowhere'))).rejects.toMatchObject({
      code: 'IO_FAILED',
    });
  });
});

describe('the key of an orphan', () => {
  it('is found in our own headers, in entries, and beside the transcript', async () => {
    const root = healthy();
    const sessions = sessionsDir(root);
    const list = readList(root);
    list[MAIN].usageFamilySessionIds = ['11111111-0000-4000-8000-000000000001'];
    writeList(root, list);
    const header = (id: string, more = {}) =>
      `${JSON.stringify({ type: 'session', version: 3, id, ...more })}\n`;
    const place = (name: string) => join(sessions, name);
    const id = (n: number) => `11111111-0000-4000-8000-00000000000${n}`;
    writeFileSync(place(`${id(1)}.jsonl`), header(id(1)));
    writeFileSync(place(`${id(2)}.jsonl`), header(id(2), { key: 'agent:main:ours' }));
    writeFileSync(place(`${id(3)}.jsonl`), header(id(3)));
    const trace = { type: 'session.started', sessionKey: 'agent:main:traced' };
    writeFileSync(place(`${id(3)}.trajectory.jsonl`), `${JSON.stringify(trace)}\n`);
    cpSync(place(MAIN_FILE), place(`${id(4)}-topic-7.jsonl`));
    const found = of(await examineStateDir(root), 'ORPHAN_TRANSCRIPT');
    expect(found.map(({ path, key }) => [path?.split('/').at(-1), key])).toEqual([
      [`${id(1)}.jsonl`, MAIN],
      [`${id(2)}.jsonl`, 'agent:main:ours'],
      [`${id(3)}.jsonl`, 'agent:main:traced'],
      [`${id(4)}-topic-7.jsonl`, MAIN],
    ]);
  });
});
