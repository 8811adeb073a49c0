import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const SCHEMA = `
  create table if not exists sessions (
    key text primary key, agent_id text, rev integer, session_id text,
    created_at integer, updated_at integer, channel text, label text, entry text
  );
  create table if not exists records (
    key text, seq integer, id text, record text, primary key (key, seq)
  ) without rowid;
`;

/** The module, and its addon, which it loads with the first database. */
async function load() {
  const module = await import('better-sqlite3');
  new module.default(':memory:').close();
  return module;
}

/**
 * As its documentation recommends: WAL, one connection, statements prepared once, a transaction
 * that begins as a writer (immediate) where a read is followed by a write, and a busy timeout.
 */
export const sqlite = ({ synchronous }) => ({
  title: `better-sqlite3, WAL ${synchronous}`,
  load,
  async open(dir) {
    const { default: Database } = await load();
    const db = new Database(join(dir, 'sessions.sqlite'), { timeout: 60_000 });
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${synchronous}`);
    db.exec(SCHEMA);
    return { ...writer(db), ...reader(db), close: () => db.close() };
  },
});

function writer(db) {
  const insert = db.prepare('insert into sessions values (?, ?, 1, ?, ?, ?, ?, ?, ?)');
  const get = db.prepare('select entry from sessions where key = ?').pluck();
  const set = db.prepare(
    'update sessions set rev = rev + 1, updated_at = ?, entry = ? where key = ?',
  );
  const add = db.prepare(
    `insert into records select ?, coalesce(max(seq), 0) + 1, ?, ? from records where key = ?`,
  );
  const update = db.transaction((key, change) => {
    const entry = JSON.parse(get.get(key));
    Object.assign(entry, change(entry));
    set.run(Date.now(), JSON.stringify(entry), key);
  }).immediate;
  const createMany = db.transaction((pairs) => {
    for (const [key, entry] of pairs) {
      const [, agentId, channel] = key.split(':');
      const now = Date.now();
      const json = JSON.stringify(entry);
      insert.run(key, agentId, randomUUID(), now, now, channel, entry.displayName, json);
    }
  });
  return {
    createMany: (pairs) => createMany.immediate(pairs),
    session: (key) => ({
      update: (change) => update(key, change),
      append(record) {
        add.run(key, randomUUID(), JSON.stringify(record), key);
      },
    }),
  };
}

function reader(db) {
  const rows = db.prepare(
    `select key, agent_id, rev, session_id, created_at, updated_at, channel, label
     from sessions order by updated_at desc`,
  );
  return {
    countUpdates: () =>
      db.prepare("select sum(entry ->> 'turns') from sessions").pluck().get() ?? 0,
    countRecords: () => db.prepare('select count(*) from records').pluck().get(),
    list: () => rows.all().length,
  };
}
