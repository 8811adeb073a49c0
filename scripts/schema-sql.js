/**
 * `npm run docs:schema`: the schema that all migrations together make, as one readable file. A test
 * compares it with a freshly migrated database, so that no step changes more than it says.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { PostgresServer } from './postgres-server.js';

const MIGRATIONS = new URL('../src/backends/postgres/migrations/', import.meta.url);
export const SCHEMA_FILE = fileURLToPath(
  new URL('../src/backends/postgres/schema.sql', import.meta.url),
);

const TABLES = `
  select c.oid, c.relname as name from pg_class c
  where c.relnamespace = $1::regnamespace and c.relkind = 'r' order by c.relname`;
const COLUMNS = `
  select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
    pg_get_expr(d.adbin, d.adrelid) as value, a.attgenerated as generated, a.attidentity as identity,
    (select quote_ident(l.collname) from pg_collation l where l.oid = a.attcollation and l.collname <> 'default') as collation
  from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped order by a.attnum`;
const CONSTRAINTS = `
  select conname as name, pg_get_constraintdef(oid) as text from pg_constraint
  where conrelid = $1 and contype <> 'n' order by contype desc, conname`;
const INDEXES = `
  select pg_get_indexdef(i.indexrelid) as text from pg_index i
  where i.indrelid = $1 and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by 1`;
const SEQUENCES = `
  select c.relname as name from pg_class c
  where c.relnamespace = $1::regnamespace and c.relkind = 'S'
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'i') order by 1`;
const FUNCTIONS = `
  select pg_get_functiondef(p.oid) as text from pg_proc p
  where p.pronamespace = $1::regnamespace order by p.proname`;

/** Everything in a schema as SQL, in one order, without the name of the schema. */
export async function describeSchema(client, schema) {
  const rows = async (text, values) => (await client.query(text, values)).rows;
  const parts = [];
  for (const { name } of await rows(SEQUENCES, [schema])) parts.push(`create sequence ${name};`);
  for (const { oid, name } of await rows(TABLES, [schema])) {
    const columns = (await rows(COLUMNS, [oid])).map(columnText);
    const constraints = (await rows(CONSTRAINTS, [oid])).map(
      (each) => `constraint ${each.name} ${each.text}`,
    );
    parts.push(`create table ${name} (\n  ${[...columns, ...constraints].join(',\n  ')}\n);`);
    for (const { text } of await rows(INDEXES, [oid])) parts.push(`${text};`);
  }
  for (const { text } of await rows(FUNCTIONS, [schema])) parts.push(`${text.trimEnd()};`);
  const named = new RegExp(`"?\\b${schema}\\b"?\\.`, 'g');
  const path = new RegExp(`(SET search_path TO )'?${schema}'?`, 'g');
  return `${parts.join('\n\n').replace(named, '').replace(path, '$1current')}\n`;
}

function columnText({ name, type, required, value, generated, identity, collation }) {
  const words = [name, type];
  if (collation) words.push(`collate ${collation}`);
  if (required) words.push('not null');
  if (identity) words.push('generated always as identity');
  else if (generated) words.push(`generated always as (${value}) stored`);
  else if (value) words.push(`default ${value}`);
  return words.join(' ');
}

async function main() {
  const server = await PostgresServer.start();
  try {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query('create schema holdfast; set search_path to holdfast, pg_temp');
    await client.query(
      'create table migrations (number integer primary key, name text not null, taken_at timestamptz not null default clock_timestamp())',
    );
    for (const name of readdirSync(MIGRATIONS).sort()) {
      await client.query(readFileSync(new URL(name, MIGRATIONS), 'utf8'));
    }
    const head =
      '-- The schema that all migrations together make. Made by `npm run docs:schema`; a test compares it.\n\n';
    writeFileSync(SCHEMA_FILE, head + (await describeSchema(client, 'holdfast')));
    await client.end();
  } finally {
    await server.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
