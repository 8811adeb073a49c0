/**
 * Brings the schema to the version of this package: each step in a transaction of its own, claimed
 * before it runs, so that of twenty processes that start at once one does each step and the others
 * wait for it. What a newer version has made is refused.
 */
import { HoldfastError } from '../../model/errors.ts';
import type { Connections } from './connections.ts';
import { serverCode, typedFailure } from './failure.ts';
import type { Tables } from './tables.ts';
import type { Migration, World } from './world.ts';

/** Names of the steps that were taken, in order; empty when there was nothing to do. */
export type Taken = readonly string[];

/** Takes every step that is missing. */
export async function migrate(
  connections: Connections,
  tables: Tables,
  world: World,
): Promise<Taken> {
  const steps = world.migrations();
  const version = await versionOf(connections, tables);
  refuseNewer(version, steps);
  if (version === steps.at(-1)?.number) return [];
  const taken: string[] = [];
  for (const step of steps) {
    if (await take(connections, tables, step)) taken.push(`${step.number} ${step.name}`);
  }
  return taken;
}

/** Refuses a schema that is not of exactly this version. */
export async function checkVersion(
  connections: Connections,
  tables: Tables,
  world: World,
): Promise<void> {
  const steps = world.migrations();
  const version = await versionOf(connections, tables);
  refuseNewer(version, steps);
  if (version === steps.at(-1)?.number) return;
  const remedy = 'Run `holdfast migrate`, or open without `migrate: false`.';
  if (version === 0) {
    const message = `There is no store in the schema ${tables.schema}, and none was to be made. ${remedy}`;
    throw new HoldfastError('STORE_UNSUPPORTED', message);
  }
  throw new HoldfastError(
    'STORE_UNSUPPORTED',
    `The schema ${tables.schema} is of version ${version}, and this package needs ${steps.at(-1)?.number}. ${remedy}`,
  );
}

/** The number of the last step that was taken; 0 when there is no schema yet. */
async function versionOf(connections: Connections, tables: Tables): Promise<number> {
  const text = `select coalesce(max(number), 0) as version from ${tables.migrations}`;
  try {
    const statement = { what: 'ask for the version of the schema', text, writes: false };
    const [row] = await connections.run(statement, []);
    return Number(row?.version);
  } catch (error) {
    const code = serverCode((error as HoldfastError).cause);
    if (code === '42P01' || code === '3F000') return 0;
    throw error;
  }
}

function refuseNewer(version: number, steps: readonly Migration[]): void {
  const newest = steps.at(-1)?.number ?? 0;
  if (version <= newest) return;
  throw new HoldfastError(
    'FORMAT_TOO_NEW',
    `The schema is of version ${version}, and this package knows versions up to ${newest}. Install a newer Holdfast. Nothing was changed.`,
  );
}

/** Whether this process took the step; false when another one had. */
function take(connections: Connections, tables: Tables, step: Migration): Promise<boolean> {
  const what = `take step ${step.number} of the schema`;
  return connections.session(what, async (run) => {
    await run('begin');
    try {
      // Held until the end of the transaction, also when that is the end of our process.
      await run(`select pg_advisory_xact_lock(hashtextextended('holdfast ' || $1, 0))`, [
        tables.schema,
      ]);
      await run(`create schema if not exists ${tables.schema}`);
      await run(`create table if not exists ${tables.migrations} (
        number integer primary key, name text not null, taken_at timestamptz not null default clock_timestamp())`);
      const claimed = await run(
        `insert into ${tables.migrations} (number, name) values ($1, $2) on conflict (number) do nothing returning number`,
        [step.number, step.name],
      );
      if (claimed.length > 0) {
        await run(`set local search_path to ${tables.schema}, pg_temp`);
        await run(step.sql);
      }
      await run('commit');
      return claimed.length > 0;
    } catch (error) {
      // A connection that went has taken the transaction back by itself.
      await run('rollback').catch(() => undefined);
      throw typedFailure(error, { reached: 'sent', writes: false, what });
    }
  });
}
