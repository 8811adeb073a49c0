import pg from 'pg';
import { afterAll, describe, test } from 'vitest';
import { openPostgres } from '../../src/backends/postgres/open-postgres.ts';
import { conformance } from '../../src/contract/conformance/index.ts';
import { openStore, type StoreOptions } from '../../src/index.ts';
import { freshSchema } from '../postgres/fresh-schema.ts';

describe('postgres', () => {
  const { url, schema, server, drop } = freshSchema();
  afterAll(drop);
  const open = (options?: StoreOptions) => openStore(url, options);

  conformance({
    test,
    open,
    reopen: (_store, options) => open(options),
    openBackend: () =>
      openPostgres({
        pool: new pg.Pool({ connectionString: server }),
        ownsPool: true,
        location: 'postgres:conformance',
        schema,
        migrate: true,
        durability: 'process',
        lockWaitMs: 10_000,
        leaseMs: 15_000,
        onWarning: () => undefined,
      }),
  });
});
