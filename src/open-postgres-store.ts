/** Stores in PostgreSQL: from a URL, with a pool of our own, or over a pool of the caller's. */
import type { Pool } from './backends/postgres/driver.ts';
import { openPostgres } from './backends/postgres/open-postgres.ts';
import type { Store, StoreOptions } from './contract/store.ts';
import { HoldfastError } from './model/errors.ts';
import type { Entry } from './model/state.ts';
import { checkOptions, MS_MAX, text, whole, yesOrNo } from './store/check-options.ts';
import { storeOver } from './store/store-over.ts';
import { storeSettings } from './store/store-settings.ts';
import { realSurroundings } from './store/surroundings.ts';

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

const LEASE_MS = 15_000;
const CONNECTIONS_MAX = 10;

const CHECKS = { schema: text(63), leaseMs: whole(200, MS_MAX) };
const URL_CHECKS = { ...CHECKS, migrate: yesOrNo, connections: whole(2, 1_000) };

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
  const { schema = 'holdfast', leaseMs, ...rest } = options;
  checkOptions({ schema, leaseMs }, CHECKS, 'openPostgresStore');
  return open<E>(pool, rest, {
    schema,
    leaseMs: leaseMs ?? LEASE_MS,
    ownsPool: false,
    location: `postgres:?schema=${schema}`,
  });
}

/**
 * Opens a store at a URL. Its parameters `schema`, `leaseMs`, `migrate` and `connections` (most that
 * are open at once, default 10) are ours; all others are those of the `pg` package.
 */
export async function openPostgresUrl<E extends Entry = Entry>(
  url: string,
  options?: StoreOptions,
): Promise<Store<E>> {
  const { own, driverUrl, location } = readUrl(url);
  const { Pool } = await loadDriver();
  const { lockWaitMs, migrate } = storeSettings(options);
  const pool = new Pool({
    connectionString: driverUrl,
    max: own.connections,
    connectionTimeoutMillis: lockWaitMs,
    keepAlive: true,
    allowExitOnIdle: true,
    application_name: 'holdfast',
  });
  return open<E>(
    pool,
    { ...options, migrate: migrate && own.migrate },
    { schema: own.schema, leaseMs: own.leaseMs, ownsPool: true, location },
  );
}

async function open<E extends Entry>(
  pool: Pool,
  options: StoreOptions,
  place: { schema: string; leaseMs: number; ownsPool: boolean; location: string },
): Promise<Store<E>> {
  const { durability, lockWaitMs, migrate, onWarning, instance } = storeSettings(options);
  const backend = await openPostgres({
    pool,
    ...place,
    durability,
    lockWaitMs,
    migrate,
    onWarning,
  });
  return storeOver<E>(backend, {
    ...options,
    instance: instance ?? realSurroundings.newInstance(),
  });
}

interface Own {
  schema: string;
  leaseMs: number;
  migrate: boolean;
  connections: number;
}

/** Takes our own parameters out of a URL, and the password out of what is shown. */
function readUrl(text: string): { own: Own; driverUrl: string; location: string } {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    // The text is not repeated: it may hold a password.
    const message =
      'The location is not a URL of PostgreSQL. Give postgres://user@host:port/database.';
    throw new HoldfastError('INVALID_ENTRY', message, { cause });
  }
  const given = url.searchParams;
  const own: Record<string, unknown> = {};
  for (const name of Object.keys(URL_CHECKS)) {
    const value = given.get(name);
    if (value === null) continue;
    own[name] =
      name === 'schema' ? value : value === 'true' || (value !== 'false' && Number(value));
    given.delete(name);
  }
  checkOptions(own, URL_CHECKS, 'the location');
  const {
    schema = 'holdfast',
    leaseMs = LEASE_MS,
    migrate = true,
    connections = CONNECTIONS_MAX,
  } = own as Partial<Own>;
  const location = new URL(url);
  location.password = '';
  for (const name of [...location.searchParams.keys()]) {
    if (/password|key/i.test(name)) location.searchParams.delete(name);
  }
  location.searchParams.set('schema', schema);
  return {
    own: { schema, leaseMs, migrate, connections },
    driverUrl: url.href,
    location: location.href,
  };
}

interface Driver {
  Pool: new (options: Record<string, unknown>) => Pool;
}

/** The `pg` package, which only stores in PostgreSQL need. */
async function loadDriver(): Promise<Driver> {
  const name = 'pg';
  try {
    const module = (await import(name)) as { default: Driver };
    return module.default;
  } catch (cause) {
    throw new HoldfastError(
      'STORE_UNSUPPORTED',
      'A store in PostgreSQL needs the package pg, which is not installed. Run: npm install pg',
      { cause },
    );
  }
}
