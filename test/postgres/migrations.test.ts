import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { refused } from '../../src/contract/conformance/trial.ts';
import { openStore } from '../../src/index.ts';
import { Child } from '../processes/child.ts';
import { freshSchema } from './fresh-schema.ts';

const PROCESSES = 20;
const KEY = 'agent:main:chat:1';

let place: ReturnType<typeof freshSchema> | undefined;
afterEach(async () => {
  await place?.drop();
  place = undefined;
});

function fresh(): ReturnType<typeof freshSchema> {
  place = freshSchema();
  return place;
}

async function asked(server: string, text: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** All that can be told apart in a schema: columns, indexes and functions, by their names. */
async function shapeOf({ server, schema }: ReturnType<typeof freshSchema>): Promise<string[]> {
  const rows = await asked(
    server,
    `select table_name || '.' || column_name || ' ' || data_type as what from information_schema.columns where table_schema = $1
      union all select indexdef from pg_indexes where schemaname = $1
      union all select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = $1
      order by 1`,
    [schema],
  );
  return rows.map(({ what }) => String(what).replaceAll(schema, 'schema'));
}

test('C.16 postgres: twenty processes that open a fresh schema at once all succeed, and one takes each step', {
  // Twenty starts of Node, beside whatever else is tested at the moment.
  timeout: 240_000,
}, async () => {
  const one = fresh();
  await (await openStore(one.url)).close();
  const alone = await shapeOf(one);
  await one.drop();

  const { url, server, schema } = fresh();
  const children = Array.from({ length: PROCESSES }, () => new Child('gateway'));
  await Promise.all(children.map((child) => child.said('ready')));
  await Promise.all(children.map((child) => child.ask('open', `${url}&connections=2`)));
  await Promise.all(
    children.map((child, n) => child.ask('call', KEY, 'update', { [`process-${n}`]: n })),
  );
  const store = await openStore(url);
  const entry = (await store.session(KEY).read())?.entry ?? {};
  await store.close();
  expect(Object.keys(entry)).toHaveLength(PROCESSES);
  expect(await shapeOf({ ...one, server, schema })).toEqual(alone);
  const taken = await asked(server, `select number from ${schema}.migrations order by number`);
  expect(taken.map(({ number }) => number)).toEqual(
    Array.from(new Set(taken.map(({ number }) => number))),
  );
  await Promise.all(children.map((child) => child.kill()));
});

test('R7.6 postgres: a step whose process dies in it is taken back, and the next process takes it', async () => {
  const { url, server, schema } = fresh();
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  // What a process holds that died in a step, until the server has noticed that.
  await client.query('begin');
  await client.query(`select pg_advisory_xact_lock(hashtextextended('holdfast ' || $1, 0))`, [
    schema,
  ]);
  await client.query(`create schema ${schema}`);
  await client.query(`create table ${schema}.sessions (half boolean)`);
  const opening = openStore(url);
  await client.end();
  const store = await opening;
  await store.session(KEY).update({ n: 1 });
  await store.close();
});

test('C.18 postgres: the schema of a newer version is refused and left as it is', async () => {
  const one = fresh();
  const { url, server, schema } = one;
  const store = await openStore(url);
  await store.session(KEY).update({ n: 1 });
  await store.close();
  await asked(server, `insert into ${schema}.migrations (number, name) values (9999, 'later')`);
  const rows = () => asked(server, `select * from ${schema}.migrations order by number`);
  const before = [await shapeOf(one), await rows()];
  await refused('FORMAT_TOO_NEW', () => openStore(url));
  await refused('FORMAT_TOO_NEW', () => openStore(`${url}&migrate=false`));
  expect([await shapeOf(one), await rows()]).toEqual(before);
});

test('C.18 postgres: a missing schema is refused where it may not be made, and not made', async () => {
  const { url, server, schema } = fresh();
  await refused('STORE_UNSUPPORTED', () => openStore(`${url}&migrate=false`));
  await refused('STORE_UNSUPPORTED', () => openStore(url, { migrate: false }));
  const found = await asked(server, 'select from pg_namespace where nspname = $1', [schema]);
  expect(found).toHaveLength(0);
});

test('C.18 postgres: a role that may not make a schema is told so', async () => {
  const { url, server, schema } = fresh();
  const role = `r_${schema}`;
  await asked(server, `create role ${role} login password 'x'`);
  const theirs = new URL(url);
  theirs.username = role;
  theirs.password = 'x';
  try {
    await refused('STORE_UNSUPPORTED', () => openStore(theirs.href));
  } finally {
    await asked(server, `drop role ${role}`);
  }
});
