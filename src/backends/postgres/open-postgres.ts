/**
 * Sessions in PostgreSQL, for a fleet. One statement a change; the row of a session is its lock;
 * turns are leases. Nothing here depends on which connection a statement runs on, but for watching.
 */
import type { Backend } from '../../contract/backend.ts';
import { latestChanges } from '../../contract/latest-changes.ts';
import { adopting } from './adopting.ts';
import { appendRecord } from './append-record.ts';
import { archives } from './archives.ts';
import { ClearAway } from './clear-away.ts';
import { Connections } from './connections.ts';
import type { PostgresContext, PostgresSettings } from './context.ts';
import type { Pool } from './driver.ts';
import { entries } from './entries.ts';
import { unescapeText } from './escape-json.ts';
import { health } from './health.ts';
import { HeldTurns } from './held-turns.ts';
import { LatestStates } from './latest-states.ts';
import { listSessions } from './list-sessions.ts';
import { Listener } from './listener.ts';
import { checkVersion, migrate } from './migrate.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { readTranscript } from './read-transcript.ts';
import { revisions } from './revisions.ts';
import { checkServer } from './server-checks.ts';
import { StaticValues } from './static-values.ts';
import { tablesOf } from './tables.ts';
import { TurnCalls } from './turn-calls.ts';
import { turns } from './turns.ts';
import { WakeUps } from './wake-ups.ts';
import { Watching } from './watching.ts';
import { realWorld, type World } from './world.ts';

export interface OpenPostgres extends PostgresSettings {
  pool: Pool;
  /** Closes the pool with the store. */
  ownsPool: boolean;
  /** Where it lies, for messages; no password in it. */
  location: string;
  schema: string;
  /** Takes missing steps of the schema; otherwise they are refused. */
  migrate: boolean;
  durability: 'process' | 'power';
}

/** Opens the store in this schema, and makes it when it is missing. */
export async function openPostgres(
  options: OpenPostgres,
  world: World = realWorld,
): Promise<Backend> {
  const { pool, ownsPool, lockWaitMs } = options;
  const tables = tablesOf(options.schema);
  const connections = new Connections(pool, { owned: ownsPool, world, waitMs: lockWaitMs });
  try {
    await connections.learnRoute();
    await checkServer(connections, options.durability);
    if (options.migrate) await migrate(connections, tables, world);
    else await checkVersion(connections, tables, world);
  } catch (error) {
    await connections.close();
    throw error;
  }
  return backendOver(options, connections, tables, world);
}

function backendOver(
  { location, leaseMs, lockWaitMs, onWarning }: OpenPostgres,
  connections: Connections,
  tables: ReturnType<typeof tablesOf>,
  world: World,
): Backend {
  const held = new HeldTurns({ connections, tables, world, leaseMs });
  const wakeUps = new WakeUps(world);
  const listener = new Listener(connections, world, {
    onMessage(channel, payload) {
      if (channel === tables.changes) return watching.onMessage(payload);
      const [kind, fence, key, reason] = JSON.parse(payload) as [string, number, string, string];
      if (kind === 'interrupt') held.interrupted(fence, unescapeText(reason));
      if (kind === 'lost') held.lost(fence, reason);
      wakeUps.wake(key);
    },
    onBack() {
      watching.onBack();
      wakeUps.wakeAll();
    },
  });
  const latest = new LatestStates();
  const watching = new Watching({ connections, listener, tables, world, latest });
  const clearAway = new ClearAway(connections, tables);
  const context: PostgresContext = {
    connections,
    tables,
    statics: new StaticValues(connections, tables),
    latest,
    writes: new OneAtATime(),
    world,
    settings: { lockWaitMs, leaseMs, onWarning },
    watchesBegun: () => watching.settled(),
    turnLost: (key, fence, reason) => {
      held.lost(fence, reason);
      wakeUps.wake(key);
    },
    clearAway: () => clearAway.begin(),
  };
  clearAway.begin();

  return {
    kind: 'postgres',
    location,
    supports: { processes: true, durable: true },
    ...entries(context),
    ...adopting(context),
    append: (key, record, ask, guard) => appendRecord(context, key, record, ask, guard),
    transcript: (key, range) => readTranscript(context, key, range),
    ...archives(context),
    ...revisions(context),
    list: (query) => listSessions(context, query),
    watch: (signal) => latestChanges((hear, fail) => watching.begin(hear, fail), signal),
    ...turns({ context, calls: new TurnCalls(context), held, wakeUps, listener }),
    ...health(context),
    async close() {
      await context.writes.idle();
      await cutOff(context, held);
      held.close();
      await clearAway.stop();
      await watching.close();
      await listener.close();
      wakeUps.wakeAll();
      await connections.close();
    },
  };
}

/** What the death of the process would do to turns that nobody ended: they are over. */
async function cutOff({ connections, tables }: PostgresContext, held: HeldTurns): Promise<void> {
  for (const { key, fence } of held.fences) {
    held.remove(fence);
    const text = `update ${tables.turns} set expires_at = clock_timestamp() where key = $1 and fence = $2`;
    const statement = { what: 'give up the turn', text, writes: false };
    // Without the server the lease runs out by itself.
    await connections.run(statement, [key, fence], key).catch(() => undefined);
  }
}
