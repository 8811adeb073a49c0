import { databaseOf } from './database-copy.ts';

export interface LongDatabase {
  sessions: number;
  /** Of each session, the active one included. */
  windows: number;
  /** Of each window. */
  rows: number;
  /** Of the text of each row. */
  bytes: number;
}

/** A state directory with a database of so many sessions, windows and rows. */
export function longDatabase(sizes: LongDatabase): Promise<string> {
  return databaseOf(longDatabaseSql(sizes));
}

/** The statements that make such a database. */
export function longDatabaseSql({ sessions, windows, rows, bytes }: LongDatabase): string {
  return `
    CREATE TABLE session_nodes (session_key TEXT PRIMARY KEY, current_session_id TEXT NOT NULL,
      entry_json TEXT NOT NULL, updated_at INTEGER NOT NULL);
    CREATE TABLE session_windows (session_id TEXT PRIMARY KEY, session_key TEXT NOT NULL, reason TEXT,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
    CREATE TABLE transcript_events (session_id TEXT NOT NULL, seq INTEGER NOT NULL, event_json TEXT,
      created_at INTEGER NOT NULL, event_zstd BLOB, event_utf8_bytes INTEGER, PRIMARY KEY (session_id, seq));
    PRAGMA user_version = 23;
    WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < ${sessions})
    INSERT INTO session_nodes SELECT 'agent:main:direct:' || i, 'id-' || i || '-${windows}',
      json_object('sessionId', 'id-' || i || '-${windows}', 'updatedAt', 1795355906419 + i, 'label', 'no ' || i),
      1795355906419 + i FROM s;
    WITH RECURSIVE w(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM w WHERE j < ${windows})
    INSERT INTO session_windows SELECT 'id-' || substr(session_key, 19) || '-' || j, session_key, 'reset',
      1795355000000 + j * 1000, 1795355000500 + j * 1000 FROM session_nodes, w;
    WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < ${rows})
    INSERT INTO transcript_events SELECT session_id, n, CASE n
      WHEN 0 THEN json_object('type', 'session', 'version', 3, 'id', session_id)
      ELSE json_object('type', 'message', 'id', 'r' || n, 'parentId', CASE n WHEN 1 THEN NULL ELSE 'r' || (n - 1) END,
        'timestamp', '2026-11-22T13:37:48.080Z', 'message', json_object('role', 'user', 'content',
        replace(hex(zeroblob(${Math.ceil(bytes / 6)})), '00', 'word' || (n % 10) || ' '))) END,
      1795355000000 + n, NULL, NULL FROM session_windows, r;`;
}
