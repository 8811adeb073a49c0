import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { PostgresServer } from '../../scripts/postgres-server.js';
import { openPostgres } from '../../src/backends/postgres/open-postgres.ts';
import { conformance } from '../../src/contract/conformance/index.ts';
import { collect, refused } from '../../src/contract/conformance/trial.ts';
import { openStore, type StoreOptions } from '../../src/index.ts';
import { openPostgresStore } from '../../src/open-postgres-store.ts';
import { itWith, lacking } from '../frame/needs.ts';
import { size } from '../frame/size.ts';
import { Pooler } from './pooler.ts';

const needs = ['pgbouncer'] as const;
const it = itWith(needs);
const NTH = size(5, 1);
const schema = `s_${randomUUID().replaceAll('-', '')}`;

let server: PostgresServer;
let pooler: Pooler;
beforeAll(async () => {
  if (lacking(needs) !== undefined) return;
  server = await PostgresServer.start();
  pooler = await Pooler.before(server.url);
});
afterAll(async () => {
  await pooler?.stop();
  await server?.stop();
});

describe('postgres behind pgbouncer, which pools transactions', () => {
  const open = (options?: StoreOptions) => openStore(`${pooler.url}?schema=${schema}`, options);
  let cases = 0;

  conformance({
    test(title, run) {
      cases += 1;
      // The short form takes some of them: what differs here is the way, and not the statements.
      if (!/watch|nothing is told/.test(title) && cases % NTH === 0) it(title, run);
    },
    open,
    reopen: (_store, options) => open(options),
    openBackend: () =>
      openPostgres({
        pool: new pg.Pool({ connectionString: pooler.url }),
        ownsPool: true,
        location: 'postgres:pooler',
        schema,
        migrate: true,
        durability: 'process',
        lockWaitMs: 10_000,
        leaseMs: 15_000,
        onWarning: () => undefined,
      }),
  });

  it('watching is refused, also beside a wait for a turn', async () => {
    const store = await open();
    const watched = refused('STORE_UNSUPPORTED', () => collect(store.watch()));
    const turn = store.session('agent:main:chat:1').turn(() => 'had');
    expect(await turn).toBe('had');
    await watched;
    await refused('STORE_UNSUPPORTED', () => collect(store.watch()));
    await store.close();
  });

  it("a pool of the caller's own does not break on prepared statements", async () => {
    const pool = new pg.Pool({ connectionString: pooler.url, max: 4 });
    const store = await openPostgresStore(pool, { schema });
    const all = Array.from({ length: 200 }, async (_, n) => {
      const session = store.session(`agent:main:prepared:${n % 20}`);
      await session.update({ [`n${n}`]: n });
      await session.append({ type: 'note', n });
      return session.read();
    });
    expect((await Promise.all(all)).length).toBe(200);
    await store.close();
    await pool.end();
  });
});
