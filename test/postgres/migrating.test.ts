/** The package as it was built: what npm installs must bring the schema along. */
import { spawnSync } from 'node:child_process';
import { openStore } from 'holdfast';
import { migratePostgres, openPostgresStore } from 'holdfast/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { documentOf, errorOf, holdfast } from '../cli/command-line.ts';
import { ROOT } from '../tidy/source-files.ts';
import { freshSchema } from './fresh-schema.ts';

const STEPS = ['1 sessions'];

test('the built package opens a store in PostgreSQL that was not there', async () => {
  const { url, drop } = freshSchema();
  try {
    const store = await openStore(url);
    expect(store.kind).toBe('postgres');
    expect((await store.session('agent:main:main').update({ n: 1 })).rev).toBe(1);
    await store.close();
  } finally {
    await drop();
  }
});

test('a schema is brought up to date once, and by one of many', async () => {
  const { url, schema, server, drop } = freshSchema();
  try {
    const reports = await Promise.all(Array.from({ length: 5 }, () => migratePostgres(url)));
    expect(reports.flatMap(({ taken }) => taken)).toEqual(STEPS);
    expect(reports[0]?.location).toContain(`schema=${schema}`);
    expect(reports[0]?.location).not.toContain(new URL(url).password);
    const pool = new pg.Pool({ connectionString: server });
    const store = await openPostgresStore(pool, { schema, migrate: false });
    await store.close();
    await pool.end();
  } finally {
    await drop();
  }
});

test('holdfast migrate says which steps it took, and nothing when there was none', async () => {
  const { url, schema, drop } = freshSchema();
  try {
    const closed = await holdfast(['ls', '--json', '--store', `${url}&migrate=false`]);
    expect(closed.code).toBe(7);
    expect(errorOf(closed).message).toContain('holdfast migrate');
    expect(await holdfast(['migrate', url])).toEqual({
      code: 0,
      stdout: `took step ${STEPS[0]}\n`,
      stderr: '',
    });
    expect(await holdfast(['migrate', url])).toEqual({ code: 0, stdout: '', stderr: '' });
    const env = { HOLDFAST_STORE: url };
    const again = await holdfast(['migrate', '--json'], { env });
    expect(documentOf(again)).toEqual({ location: expect.stringContaining(schema), taken: [] });
    expect((await holdfast(['ls', '--store', `${url}&migrate=false`])).stdout).toBe('');
  } finally {
    await drop();
  }
});

test('holdfast migrate refuses what has no schema', async () => {
  const refused = await holdfast(['migrate', './state', '--json']);
  expect(refused.code).toBe(2);
  expect(errorOf(refused).code).toBe('USAGE');
});

test('what npm would publish has every step of the schema', () => {
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toContain('dist/backends/postgres/migrations/0001-sessions.sql');
});
