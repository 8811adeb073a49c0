/** A store in PostgreSQL as a URL names it, and the pool that reaches it. */
import type { Pool } from './backends/postgres/driver.ts';
import { HoldfastError } from './model/errors.ts';
import { checkOptions, MS_MAX, text, whole, yesOrNo } from './store/check-options.ts';

/** What our own parameters of a URL say, and what is left for the driver. */
export interface PostgresPlace {
  schema: string;
  leaseMs: number;
  migrate: boolean;
  connections: number;
  /** For the driver: without our parameters, with the password. */
  driverUrl: string;
  /** For messages: no password in it. */
  location: string;
}

export const POSTGRES_CHECKS = { schema: text(63), leaseMs: whole(200, MS_MAX) };
export const SCHEMA_DEFAULT = 'holdfast';
export const LEASE_MS = 15_000;

const URL_CHECKS = { ...POSTGRES_CHECKS, migrate: yesOrNo, connections: whole(2, 1_000) };
const CONNECTIONS_MAX = 10;

/**
 * Reads a URL. Its parameters `schema`, `leaseMs`, `migrate` and `connections` (most that are open at
 * once, default 10) are ours; all others are those of the `pg` package.
 */
export function postgresPlace(text: string): PostgresPlace {
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
    schema = SCHEMA_DEFAULT,
    leaseMs = LEASE_MS,
    migrate = true,
    connections = CONNECTIONS_MAX,
  } = own as Partial<PostgresPlace>;
  const location = shownLocation(url, schema);
  return { schema, leaseMs, migrate, connections, driverUrl: url.href, location };
}

function shownLocation(url: URL, schema: string): string {
  const shown = new URL(url);
  shown.password = '';
  for (const name of [...shown.searchParams.keys()]) {
    if (/password|key/i.test(name)) shown.searchParams.delete(name);
  }
  shown.searchParams.set('schema', schema);
  return shown.href;
}

/** A pool of our own; `waitMs` is how long a call waits for a connection. */
export async function poolFor(place: PostgresPlace, waitMs: number): Promise<Pool> {
  const { Pool } = await loadDriver();
  return new Pool({
    connectionString: place.driverUrl,
    max: place.connections,
    connectionTimeoutMillis: waitMs,
    keepAlive: true,
    allowExitOnIdle: true,
    application_name: 'holdfast',
  });
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
