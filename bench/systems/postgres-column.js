import pg from 'pg';
import { inBatches, partsOf, schemaAt } from './postgres-place.js';

const LIST = 'select key, rev, updated_at from {t} order by updated_at desc, key limit 100';

/**
 * A table with a JSON column, by hand. `patch` is the bare statement that everything on this server
 * is compared with; `update` reads, and writes when the revision is still the one it has read.
 */
export const postgresColumn = ({ prepared }) => ({
  title: prepared ? 'a bare update, prepared' : 'a bare update of a JSON column',
  place: schemaAt,
  async open(place) {
    const { server, schema } = partsOf(place);
    const pool = new pg.Pool({ connectionString: server, max: 10 });
    const table = `${schema}.sessions`;
    await pool.query(`create schema if not exists ${schema}`);
    await pool.query(`create table if not exists ${table} (
      key text primary key, rev bigint not null default 1, updated_at timestamptz not null default now(), entry jsonb not null)`);
    return { ...verbs(pool, table, prepared), close: () => pool.end() };
  },
});

function verbs(pool, table, prepared) {
  const patch = `update ${table} set entry = entry || $2, rev = rev + 1, updated_at = now() where key = $1 returning entry, rev`;
  const ask = (text, values) =>
    pool.query(prepared ? { name: 'patch', text, values } : { text, values });
  return {
    async createMany(pairs) {
      const insert = `insert into ${table} (key, entry) values ($1, $2)`;
      await inBatches(pairs, (pair) => pool.query(insert, pair));
    },
    session: (key) => ({
      patch: (fields) => ask(patch, [key, JSON.stringify(fields)]),
      async update(change) {
        for (;;) {
          const { rows } = await pool.query(`select rev, entry from ${table} where key = $1`, [
            key,
          ]);
          const { rev, entry } = rows[0];
          const { rowCount } = await pool.query(
            `update ${table} set entry = $3, rev = rev + 1, updated_at = now() where key = $1 and rev = $2`,
            [key, rev, JSON.stringify({ ...entry, ...change(entry) })],
          );
          if (rowCount === 1) return;
        }
      },
    }),
    async countUpdates() {
      const { rows } = await pool.query(
        `select sum((entry ->> 'turns')::int) as sum from ${table}`,
      );
      return Number(rows[0].sum);
    },
    list: async () => (await pool.query(LIST.replace('{t}', table))).rows.length,
  };
}
