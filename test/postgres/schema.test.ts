import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, inject, it } from 'vitest';
import { describeSchema, SCHEMA_FILE } from '../../scripts/schema-sql.js';
import { openStore } from '../../src/index.ts';
import { freshSchema } from './fresh-schema.ts';

it('C.18 postgres: schema.sql says what a freshly migrated database has', async (context) => {
  const { url, schema, drop } = freshSchema();
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await (await openStore(url)).close();
    const written = readFileSync(SCHEMA_FILE, 'utf8').replace(/^--.*\n\n/, '');
    const { rows } = await client.query('show server_version_num');
    // Older servers tell the same functions in other words.
    if (Number(rows[0].server_version_num) < 180_000) context.skip('the server is older than 18');
    expect(await describeSchema(client, schema)).toBe(written);
  } finally {
    await client.end();
    await drop();
  }
});
