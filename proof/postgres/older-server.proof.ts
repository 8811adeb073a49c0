import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { hasInstalled } from '../../scripts/postgres-programs.js';
import { PostgresServer } from '../../scripts/postgres-server.js';
import { openPostgres } from '../../src/backends/postgres/open-postgres.ts';
import { conformance } from '../../src/contract/conformance/index.ts';
import { openStore, type StoreOptions } from '../../src/index.ts';
import { size } from '../frame/size.ts';

/** The oldest that is supported, as Debian has it. */
const VERSION = 15;
/** The short form takes some of the cases. */
const NTH = size(3, 1);
const isThere = hasInstalled(VERSION);
if (!isThere) console.log(`skipped: the suite on PostgreSQL ${VERSION}: it is not installed`);

describe.skipIf(!isThere)(`postgres ${VERSION}`, () => {
  let server: PostgresServer;
  let cases = 0;
  beforeAll(async () => {
    server = await PostgresServer.start({ version: VERSION });
  });
  afterAll(() => server?.stop());
  const open = (options?: StoreOptions) => openStore(server.url, options);

  conformance({
    test(title, run) {
      cases += 1;
      if (cases % NTH === 0) it(title, run);
    },
    open,
    reopen: (_store, options) => open(options),
    openBackend: () =>
      openPostgres({
        pool: new pg.Pool({ connectionString: server.url }),
        ownsPool: true,
        location: 'postgres:older',
        schema: 'holdfast',
        migrate: true,
        durability: 'power',
        lockWaitMs: 10_000,
        leaseMs: 15_000,
        onWarning: () => undefined,
      }),
  });
});
