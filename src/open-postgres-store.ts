/** What `holdfast/postgres` offers: stores over a pool of the caller's, and the schema by itself. */
import { bringSchema } from './backends/postgres/bring-schema.ts';
import type { Pool } from './backends/postgres/driver.ts';
import { openPostgres } from './backends/postgres/open-postgres.ts';
import type { Backend } from './contract/backend.ts';
import type { Store, StoreOptions } from './contract/store.ts';
import type { Entry } from './model/state.ts';
import {
  LEASE_MS,
  POSTGRES_CHECKS,
  poolFor,
  postgresPlace,
  SCHEMA_DEFAULT,
} from './postgres-place.ts';
import { checkOptions } from './store/check-options.ts';
import { storeOver } from './store/store-over.ts';
import { type StoreSettings, storeSettings } from './store/store-settings.ts';

export type { Client, Pool, Query, Rows } from './backends/postgres/driver.ts';

/** Options of a store in PostgreSQL, besides those that every store has. */
export interface PostgresOptions extends StoreOptions {
  /** Default `holdfast`. Each schema of a database is a store of its own. */
  schema?: string;
  /**
   * Milliseconds after which the turn of a process that can not be reached is over. The process
   * says every quarter of it (at most 2 s) that it lives. Default 15,000.
   */
  leaseMs?: number;
}

/** What `migratePostgres` did. */
export interface MigrateReport {
  /** Where the store lies; no password in it. */
  location: string;
  /** The steps that were taken, in order, such as `1 sessions`; empty when none was missing. */
  taken: readonly string[];
}

/**
 * Opens a store over a pool of the `pg` package, which stays the caller's: closing the store leaves
 * it open. A watch and a wait for a turn keep one connection of it.
 *
 * Rejects with `STORE_UNSUPPORTED` for a server that can not hold a store or a schema that may not
 * be made, `FORMAT_TOO_NEW` for the schema of a newer version, `IO_FAILED` when the server can not be reached.
 */
export async function openPostgresStore<E extends Entry = Entry>(
  pool: Pool,
  options: PostgresOptions = {},
): Promise<Store<E>> {
  const { schema = SCHEMA_DEFAULT, leaseMs = LEASE_MS, ...rest } = options;
  checkOptions({ schema, leaseMs }, POSTGRES_CHECKS, 'openPostgresStore');
  const backend = await openPostgres({
    ...storeSettings(rest),
    pool,
    ownsPool: false,
    location: `postgres:?schema=${schema}`,
    schema,
    leaseMs,
  });
  return storeOver<E>(backend, rest);
}

/**
 * Takes every missing step of the schema of the store at a URL, and makes it when there is none: what
 * opening does, for who migrates first and lets gateways open with `migrate: false`. Safe beside
 * others that do the same. Rejects as {@link openPostgresStore} does.
 */
export async function migratePostgres(
  url: string,
  options?: Pick<StoreOptions, 'lockWaitMs'>,
): Promise<MigrateReport> {
  const { lockWaitMs } = storeSettings(options);
  const place = postgresPlace(url);
  const pool = await poolFor(place, lockWaitMs);
  const { location, schema } = place;
  return { location, taken: await bringSchema({ pool, schema, lockWaitMs }) };
}

/** The back end of the store at a URL, with a pool of its own. */
export async function openPostgresBackend(url: string, settings: StoreSettings): Promise<Backend> {
  const place = postgresPlace(url);
  return openPostgres({
    ...settings,
    pool: await poolFor(place, settings.lockWaitMs),
    ownsPool: true,
    location: place.location,
    schema: place.schema,
    leaseMs: place.leaseMs,
    migrate: settings.migrate && place.migrate,
  });
}
