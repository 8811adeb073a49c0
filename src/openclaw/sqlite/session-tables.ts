/**
 * The tables of sessions, in the two forms that there were: nodes and windows, and before those, in
 * the first beta versions, entries and sessions. Read without holding more than a row.
 */
import type { Database } from './database.ts';
import type { SqlValue } from './sqlite-package.ts';

/** What OpenClaw 2026.9.6 writes. A newer one is read as far as it has the columns that are known. */
const SCHEMA_KNOWN = 23;

/** A key with its entry. */
export interface NodeRow {
  key: string;
  /** The conversation that is active, as the row has it beside the entry. */
  sessionId: SqlValue;
  entryJson: SqlValue;
  updatedAt: SqlValue;
  createdAt: SqlValue;
  /** -1: there is no entry that counts, as after a removal that kept the transcript. */
  valid: SqlValue;
}

/** A conversation that a key has or had. */
export interface WindowRow {
  sessionId: string;
  key: string;
  /** Why it began. */
  reason: SqlValue;
  createdAt: SqlValue;
  updatedAt: SqlValue;
  startedAt: SqlValue;
  endedAt: SqlValue;
}

/** Fields that an entry of this conversation would have, by column. */
const FIELDS = {
  status: 'status',
  started_at: 'startedAt',
  ended_at: 'endedAt',
  chat_type: 'chatType',
  channel: 'channel',
  display_name: 'displayName',
  model_provider: 'modelProvider',
  model: 'model',
  agent_harness_id: 'agentHarnessId',
  parent_session_key: 'parentSessionKey',
  spawned_by: 'spawnedBy',
} as const;

interface Form {
  nodes: string;
  current: string;
  windows: string;
}
const FORMS: readonly Form[] = [
  { nodes: 'session_nodes', current: 'current_session_id', windows: 'session_windows' },
  { nodes: 'session_entries', current: 'session_id', windows: 'sessions' },
];

export class SessionTables {
  readonly #database: Database;
  readonly #form: Form;
  readonly #windowColumns: ReadonlySet<string>;
  readonly #eventColumns: ReadonlySet<string>;
  readonly #nodeColumns: ReadonlySet<string>;

  private constructor(database: Database, form: Form) {
    this.#database = database;
    this.#form = form;
    this.#nodeColumns = database.columns(form.nodes);
    this.#windowColumns = database.columns(form.windows);
    this.#eventColumns = database.columns('transcript_events');
  }

  /** `undefined` for a database without sessions, such as 2026.7.1 has; a reason for an unknown form. */
  static find(database: Database): SessionTables | { reason: string } | undefined {
    const form = FORMS.find(({ nodes }) => database.columns(nodes).size > 0);
    if (form === undefined) return undefined;
    const tables = new SessionTables(database, form);
    const missing = [
      ...lacking(form.nodes, tables.#nodeColumns, ['session_key', form.current, 'entry_json']),
      ...lacking('transcript_events', tables.#eventColumns, ['session_id', 'seq', 'event_json']),
    ];
    if (missing.length === 0) return tables;
    return { reason: `its schema ${tables.schema} has no column ${missing[0]}` };
  }

  get schema(): number {
    return Number(this.#database.row('PRAGMA user_version')?.[0] ?? 0);
  }

  get isNewer(): boolean {
    return this.schema > SCHEMA_KNOWN;
  }

  /** Every key; `entryJson` is as it stands. */
  *nodes(): Generator<NodeRow> {
    const sql = `SELECT ${this.#nodeValues} FROM ${this.#form.nodes}`;
    for (const row of this.#database.rows(sql)) yield nodeRow(row);
  }

  node(key: string): NodeRow | undefined {
    const sql = `SELECT ${this.#nodeValues} FROM ${this.#form.nodes} WHERE session_key = ?`;
    const row = this.#database.row(sql, [key]);
    return row && nodeRow(row);
  }

  get #nodeValues(): string {
    const optional = ['updated_at', 'created_at', 'entry_valid'].map((name) => this.#node(name));
    return ['session_key', this.#form.current, 'entry_json', ...optional].join(', ');
  }

  *windows(): Generator<WindowRow> {
    if (!this.#windowColumns.has('session_id') || !this.#windowColumns.has('session_key')) return;
    const optional = ['reason', 'created_at', 'updated_at', 'started_at', 'ended_at'];
    const columns = ['session_id', 'session_key', ...optional.map((name) => this.#window(name))];
    const sql = `SELECT ${columns.join(', ')} FROM ${this.#form.windows}`;
    for (const row of this.#database.rows(sql)) {
      const [sessionId, key, reason, createdAt, updatedAt, startedAt, endedAt] =
        row as WindowValues;
      const texts = { sessionId: String(sessionId), key: String(key) };
      yield { ...texts, reason, createdAt, updatedAt, startedAt, endedAt };
    }
  }

  /** What is known of a former conversation, in the words of an entry. */
  windowEntry(sessionId: string): Record<string, unknown> {
    const known = Object.entries(FIELDS).filter(([column]) => this.#windowColumns.has(column));
    if (known.length === 0) return {};
    const columns = known.map(([column]) => column).join(', ');
    const sql = `SELECT ${columns} FROM ${this.#form.windows} WHERE session_id = ?`;
    const row = this.#database.row(sql, [sessionId]) ?? [];
    const entry: Record<string, unknown> = {};
    for (const [index, [, field]] of known.entries()) {
      const value = row[index];
      if (typeof value === 'string' || typeof value === 'number') entry[field] = value;
    }
    return entry;
  }

  /** Ids that have a transcript, found from one to the next in the index. */
  *transcripts(): Generator<string> {
    const sql = 'SELECT min(session_id) FROM transcript_events WHERE session_id > ?';
    for (let last = ''; ; ) {
      const next = this.#database.row(sql, [last])?.[0];
      if (typeof next !== 'string') return;
      yield next;
      last = next;
    }
  }

  /** When the first and the last row of a transcript were written. */
  eventTimes(sessionId: string): [first: SqlValue, last: SqlValue] {
    if (!this.#eventColumns.has('created_at')) return [null, null];
    const at = (order: string) =>
      this.#database.row(
        `SELECT created_at FROM transcript_events WHERE session_id = ? ORDER BY seq ${order} LIMIT 1`,
        [sessionId],
      )?.[0] ?? null;
    return [at('ASC'), at('DESC')];
  }

  /**
   * Rows of a transcript, in order: number, time, text, text's bytes, compressed text, its bytes. What
   * has more than `bytesMax` is left out: `null`, with its size.
   */
  *events(sessionId: string, bytesMax: number): Generator<EventRow> {
    const zstd = this.#eventColumns.has('event_zstd') && this.#eventColumns.has('event_utf8_bytes');
    const columns = [
      'seq',
      this.#eventColumns.has('created_at') ? 'created_at' : 'NULL',
      `CASE WHEN octet_length(event_json) <= ${bytesMax} THEN event_json END`,
      'octet_length(event_json)',
      zstd ? `CASE WHEN octet_length(event_zstd) <= ${bytesMax} THEN event_zstd END` : 'NULL',
      zstd ? 'event_utf8_bytes' : 'NULL',
    ];
    const sql = `SELECT ${columns.join(', ')} FROM transcript_events WHERE session_id = ? ORDER BY seq`;
    for (const row of this.#database.rows(sql, [sessionId])) {
      const [seq, at, text, textBytes, zipped, zippedTextBytes] = row as EventValues;
      yield { seq: Number(seq), at, text, textBytes, zipped, zippedTextBytes };
    }
  }

  /** The file of a transcript that OpenClaw has moved out of the table. */
  coldArchive(sessionId: string): string | undefined {
    const columns = this.#database.columns('session_transcript_cold_archives');
    if (!columns.has('session_id') || !columns.has('archive_name')) return undefined;
    const sql = 'SELECT archive_name FROM session_transcript_cold_archives WHERE session_id = ?';
    const name = this.#database.row(sql, [sessionId])?.[0];
    return name === undefined ? undefined : String(name);
  }

  #node(column: string): string {
    return this.#nodeColumns.has(column) ? column : 'NULL';
  }

  #window(column: string): string {
    return this.#windowColumns.has(column) ? column : 'NULL';
  }
}

type NodeValues = [SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, SqlValue];
type WindowValues = [SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, SqlValue];
type EventValues = [SqlValue, SqlValue, SqlValue, SqlValue, SqlValue, SqlValue];

export interface EventRow {
  seq: number;
  at: SqlValue;
  text: SqlValue;
  textBytes: SqlValue;
  zipped: SqlValue;
  zippedTextBytes: SqlValue;
}

function nodeRow(row: SqlValue[]): NodeRow {
  const [key, sessionId, entryJson, updatedAt, createdAt, valid] = row as NodeValues;
  return { key: String(key), sessionId, entryJson, updatedAt, createdAt, valid };
}

function lacking(table: string, has: ReadonlySet<string>, wanted: readonly string[]): string[] {
  return wanted.filter((column) => !has.has(column)).map((column) => `${table}.${column}`);
}
