import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Store } from 'holdfast';
import { adoptStateDir } from 'holdfast/openclaw';
import { describe, expect, it } from 'vitest';
import { noticeOf } from './adopt-at.ts';
import { databaseCopy, databaseOf, databasePath, editDatabase } from './database-copy.ts';
import { collect, inStore, listPath, recordsOf, smallCopy } from './state-copy.ts';

const T = 1_795_340_000_000;
const MAIN = 'agent:main:main';
const TABLES = `
  CREATE TABLE session_nodes (session_key TEXT PRIMARY KEY, current_session_id TEXT NOT NULL,
    entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL, created_at INTEGER, entry_valid INTEGER);
  CREATE TABLE session_windows (session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL, reason TEXT,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, model TEXT, chat_type TEXT);
  CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT,
    created_at INTEGER NOT NULL, event_zstd BLOB, event_utf8_bytes INTEGER, PRIMARY KEY (session_id, seq));
  PRAGMA user_version = 23;`;

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
const json = (value: unknown) => quoted(JSON.stringify(value));

function node(key: string, id: string, at = T, entry: object = {}): string {
  const value = json({ sessionId: id, updatedAt: at, ...entry });
  return `INSERT INTO session_nodes VALUES (${quoted(key)}, '${id}', ${value}, ${at}, NULL, 1);`;
}

function window(key: string, id: string, reason: string | null, at: number): string {
  const why = reason === null ? 'NULL' : quoted(reason);
  return `INSERT INTO session_windows VALUES ('${id}', ${quoted(key)}, ${why}, ${at}, ${at + 50}, 'm-1', 'direct');`;
}

/** Rows of a transcript; a text stands for itself, an object for its JSON. */
function rows(id: string, ...contents: (string | object)[]): string {
  const all = [{ type: 'session', version: 3, id }, ...contents];
  return all
    .map((content, seq) => {
      const text = typeof content === 'string' ? quoted(content) : json(content);
      return `INSERT INTO transcript_events VALUES ('${id}', ${seq}, ${text}, ${T + seq}, NULL, NULL);`;
    })
    .join('\n');
}

const message = (id: string, parentId: string | null = null, rest: object = {}) => ({
  type: 'message',
  id,
  parentId,
  timestamp: '2026-11-22T10:00:00.000Z',
  message: { role: 'user', content: id },
  ...rest,
});

const ids = async (store: Store, key: string) => (await recordsOf(store, key)).map(({ id }) => id);

describe('windows of a key', () => {
  it('R7.9 become its archives, oldest first, each with its transcript', async () => {
    const sql = [
      TABLES,
      node(MAIN, 'c', T, { label: 'now' }),
      ...[window(MAIN, 'a', 'initial', T - 900), window(MAIN, 'b', 'rollover', T - 600)],
      window(MAIN, 'c', null, T - 300),
      ...[
        rows('a', message('a1')),
        rows('b', message('b1'), message('b2', 'b1')),
        rows('c', message('c1')),
      ],
    ];
    const root = await databaseOf(sql.join('\n'));
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 1, recovered: 0, refused: [], notices: [] });
    expect(report.stores[0]).toMatchObject({ archives: 2, records: 4, transcripts: 1 });
    await inStore(root, async (store) => {
      const state = await store.session(MAIN).read();
      expect(state).toMatchObject({ sessionId: 'c', updatedAt: T, entry: { label: 'now' } });
      const archives = await store.session(MAIN).archives();
      expect(archives.map(({ sessionId, reason }) => [sessionId, reason])).toEqual([
        ['b', 'reset'],
        ['a', 'rollover'],
      ]);
      expect(archives[0]?.entry).toEqual({ model: 'm-1', chatType: 'direct' });
      const old = await collect(store.session(MAIN).transcript({ sessionId: 'b' }));
      expect(old.map(({ id }) => id)).toEqual(['b1', 'b2']);
      expect(await ids(store, MAIN)).toEqual(['c1']);
      expect((await store.verify()).problems).toEqual([]);
    });
  });

  it('R7.9 in another spelling of the key become archives of the newest', async () => {
    const sql = [
      TABLES,
      node('agent:main:Telegram:Direct:5', 'old', T - 100),
      node('agent:main:telegram:direct:5', 'new'),
      ...[window('agent:main:Telegram:Direct:5', 'old', null, T - 500), rows('old', message('o1'))],
      ...[window('agent:main:telegram:direct:5', 'new', null, T - 50), rows('new', message('n1'))],
    ];
    const root = await databaseOf(sql.join('\n'));
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 1, refused: [] });
    expect(noticeOf(report, 'agent:main:telegram:direct:5')).toMatch(
      /which is older, is one of its/,
    );
    await inStore(root, async (store) => {
      const [archive] = await store.session('agent:main:telegram:direct:5').archives();
      expect(archive).toMatchObject({ sessionId: 'old', reason: 'case-variant' });
    });
  });

  it('R10.2 whose transcript is active under two keys, leave it to the one that has it', async () => {
    const sql = [TABLES, node(MAIN, 'x'), node('agent:main:other', 'x', T + 5)];
    const root = await databaseOf(
      [...sql, window(MAIN, 'x', null, T), rows('x', message('x1'))].join('\n'),
    );
    const report = await adoptStateDir(root);
    expect(report.adopted).toBe(2);
    expect(noticeOf(report, 'agent:main:other')).toMatch(/belongs to session "agent:main:main"/);
    await inStore(root, async (store) => {
      expect(await ids(store, MAIN)).toEqual(['x1']);
      expect(await ids(store, 'agent:main:other')).toEqual([]);
    });
  });
});

describe('rows of a transcript', () => {
  it('keep their order, ids, parents, unknown types and fields', async () => {
    const contents = [
      message('m1'),
      message('m2', 'm1', { appendMode: 'side', extra: { deep: [1, null] } }),
      { ...message('l1', 'm2'), type: 'leaf', targetId: 'm1', message: undefined },
      {
        type: 'reset',
        id: 'r1',
        parentId: 'm1',
        timestamp: '2026-11-22T10:00:01.000Z',
        firstKeptEntryId: 'm2',
      },
      {
        type: 'of-tomorrow',
        id: 'u1',
        parentId: 'nobody',
        timestamp: '2026-11-22T10:00:01.000Z',
        seqs: '\ud800',
      },
    ];
    const root = await databaseOf([TABLES, node(MAIN, 'a'), rows('a', ...contents)].join('\n'));
    expect((await adoptStateDir(root)).notices).toEqual([]);
    await inStore(root, async (store) => {
      const seen = (await recordsOf(store, MAIN)).map(({ seq: _seq, ...record }) => record);
      expect(seen).toEqual(contents.map((content) => JSON.parse(JSON.stringify(content))));
    });
  });

  it('of version 1, without ids, are a chain, and are there once after a second run', async () => {
    const contents = ['one', 'two', 'three'].map((text) => ({
      type: 'message',
      message: { text },
    }));
    const root = await databaseOf([TABLES, node(MAIN, 'a'), rows('a', ...contents)].join('\n'));
    await adoptStateDir(root);
    const read = () =>
      inStore(root, async (store) =>
        (await recordsOf(store, MAIN)).map(({ id, parentId, timestamp }) => [
          id,
          parentId,
          timestamp,
        ]),
      );
    const at = (seq: number) => new Date(T + seq).toISOString();
    const chain = [
      ['row-1', null, at(1)],
      ['row-2', 'row-1', at(2)],
      ['row-3', 'row-2', at(3)],
    ];
    expect(await read()).toEqual(chain);
    writeFileSync(join(root, 'agents/main/sessions/sessions.d/adopted.jsonl'), '');
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, known: 1 });
    expect(await read()).toEqual(chain);
  });

  it('C.5 that can not be read are told and cost no other one', async () => {
    const sql = [
      TABLES,
      node(MAIN, 'a'),
      rows(
        'a',
        message('m1'),
        '{"torn',
        '[]',
        '{"no":"type"}',
        message('m2', 'm1'),
        message('m1', 'm2'),
      ),
      `UPDATE transcript_events SET event_json = NULL, event_zstd = x'28b52ffd00', event_utf8_bytes = 900 WHERE seq = 3;`,
    ];
    const root = await databaseOf(sql.join('\n'));
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 1, refused: [] });
    expect(noticeOf(report, MAIN)).toMatch(
      /^3 rows of its transcript are not taken over: row 2: it is not JSON, row 3: it does not decompress: .*, row 4: it has no type$/,
    );
    await inStore(root, async (store) =>
      expect(await ids(store, MAIN)).toEqual(['m1', 'm2', 'row-6']),
    );
  });

  it('of no key become a session of their own, and so does a removed one that kept them', async () => {
    const sql = [
      ...[TABLES, node(MAIN, 'a'), rows('a', message('a1')), rows('Lost-1', message('l1'))],
      ...[
        node('agent:main:gone', 'g'),
        window('agent:main:gone', 'g', null, T),
        rows('g', message('g1')),
      ],
      "UPDATE session_nodes SET entry_json = '{}', entry_valid = -1 WHERE current_session_id = 'g';",
    ];
    const root = await databaseOf(sql.join('\n'));
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 1, recovered: 2, refused: [] });
    await inStore(root, async (store) => {
      const state = await store.session('agent:main:recovered:lost-1').read();
      expect(state).toMatchObject({ sessionId: 'Lost-1', entry: { archivedAt: T + 1 } });
      expect(await ids(store, 'agent:main:recovered:g')).toEqual(['g1']);
      expect(await store.session('agent:main:gone').read()).toBeUndefined();
    });
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 0, known: 1, recovered: 0 });
  });
});

describe('entries', () => {
  it('R8.3 of a bad shape are refused, and nothing else is made of their transcripts', async () => {
    const sql = [
      TABLES,
      node(MAIN, 'a'),
      node('agent:main:bad', 'b'),
      rows('b', message('b1')),
      node('agent:other:x', 'c'),
    ];
    const bad = "UPDATE session_nodes SET entry_json = '{nothing' WHERE current_session_id = 'b';";
    const root = await databaseOf([...sql, bad].join('\n'));
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 1, recovered: 0 });
    expect(report.refused.map(({ key, reason }) => [key, reason])).toEqual([
      ['agent:main:bad', 'its entry_json is not JSON'],
      ['agent:other:x', 'the key names agent "other", not "main"'],
    ]);
  });

  it('lose the mark that stood for a path, and get from the row what they lack', async () => {
    const sessionFile = 'sqlite:main:a:/home/user/.openclaw/agents/main/sessions/sessions.json';
    const sql = [
      TABLES,
      node(MAIN, 'a', T, { sessionFile, delivery: { kind: 'none' } }),
      node('agent:main:b', 'b'),
    ];
    const bare = `UPDATE session_nodes SET entry_json = '{"label":"b"}' WHERE current_session_id = 'b';`;
    const root = await databaseOf([...sql, bare].join('\n'));
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 2, notices: [] });
    await inStore(root, async (store) => {
      expect((await store.session(MAIN).read())?.entry).toEqual({ delivery: { kind: 'none' } });
      const state = await store.session('agent:main:b').read();
      expect(state).toMatchObject({ sessionId: 'b', updatedAt: T, entry: { label: 'b' } });
    });
  });

  it('whose transcript lies in cold storage are refused', async () => {
    const cold = `CREATE TABLE session_transcript_cold_archives (session_id TEXT, archive_name TEXT);
      INSERT INTO session_transcript_cold_archives VALUES ('a', 'a.cold.zst');`;
    const root = await databaseOf(
      [TABLES, node(MAIN, 'a'), node('agent:main:b', 'b'), cold].join('\n'),
    );
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 1 });
    expect(report.refused[0]?.reason).toMatch(/cold storage as "a.cold.zst", which is not read/);
  });
});

describe('the tables', () => {
  it('of the first beta versions are read', async () => {
    const root = await databaseOf(`
      CREATE TABLE sessions (session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL, created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL, ended_at INTEGER, model TEXT);
      CREATE TABLE session_routes (session_key TEXT PRIMARY KEY, session_id TEXT, updated_at INTEGER);
      CREATE TABLE session_entries (session_key TEXT PRIMARY KEY, session_id TEXT NOT NULL,
        entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL, status TEXT);
      CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT NOT NULL,
        created_at INTEGER NOT NULL, PRIMARY KEY (session_id, seq));
      PRAGMA user_version = 5;
      INSERT INTO sessions VALUES ('a', '${MAIN}', ${T - 90}, ${T - 80}, ${T - 70}, 'm'), ('b', '${MAIN}', ${T}, ${T}, NULL, 'm');
      INSERT INTO session_entries VALUES ('${MAIN}', 'b', '{"sessionId":"b","updatedAt":${T}}', ${T}, NULL);
      INSERT INTO transcript_events VALUES ('a', 0, '{"type":"session"}', 1), ('a', 1, ${json(message('a1'))}, 1), ('b', 1, ${json(message('b1'))}, 1);`);
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 1, refused: [], notices: [] });
    await inStore(root, async (store) => {
      const [archive] = await store.session(MAIN).archives();
      expect(archive).toMatchObject({ sessionId: 'a', reason: 'reset', archivedAt: T - 70 });
      expect(await ids(store, MAIN)).toEqual(['b1']);
    });
  });

  it('C.18 of a newer schema are read as far as they are known, else refused', async () => {
    const root = databaseCopy('sqlite');
    const newer = 'PRAGMA user_version = 24; ALTER TABLE session_nodes ADD COLUMN more TEXT';
    await editDatabase(databasePath(root), newer);
    const other = databasePath(root, 'work');
    await editDatabase(
      other,
      'PRAGMA user_version = 31; ALTER TABLE session_nodes RENAME COLUMN entry_json TO entry',
    );
    const report = await adoptStateDir(root);
    expect(report.stores[0]).toMatchObject({ adopted: 42, recovered: 1 });
    expect(report.notices[0]?.reason).toMatch(/schema 24 is newer than those that are known/);
    expect(report.stores[1]?.unreadable).toBe(
      'its schema 31 has no column session_nodes.entry_json',
    );
  });

  it('are missing in a database of 2026.7.1, whose sessions are in the list', async () => {
    const root = smallCopy();
    await editDatabase(databasePath(root), 'CREATE TABLE auth_profiles (id TEXT)');
    expect(await adoptStateDir(root)).toMatchObject({ adopted: 7, refused: [] });
  });

  it('count more than a list that is left beside them', async () => {
    const root = databaseCopy('sqlite-wal');
    mkdirSync(dirname(listPath(root)), { recursive: true });
    writeFileSync(listPath(root), readFileSync(listPath(smallCopy())));
    const report = await adoptStateDir(root);
    expect(report).toMatchObject({ adopted: 2, refused: [] });
    expect(report.notices).toMatchObject([
      { path: 'agents/main/sessions/sessions.json', reason: expect.stringMatching(/leftover/) },
    ]);
  });

  it('make a plan of which nothing is written', async () => {
    const root = databaseCopy('sqlite-wal');
    const told: unknown[] = [];
    const onProgress = (progress: unknown) => told.push(progress);
    expect(await adoptStateDir(root, { dryRun: true })).toMatchObject({ dryRun: true, adopted: 2 });
    expect(await adoptStateDir(root, { onProgress })).toMatchObject({ dryRun: false, adopted: 2 });
    expect(told).toEqual([
      { sessions: 1, of: 2 },
      { sessions: 2, of: 2 },
    ]);
  });
});
