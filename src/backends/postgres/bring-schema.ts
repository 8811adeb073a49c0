import { Connections } from './connections.ts';
import type { Pool } from './driver.ts';
import { migrate, type Taken } from './migrate.ts';
import { checkServer } from './server-checks.ts';
import { tablesOf } from './tables.ts';
import { realWorld, type World } from './world.ts';

/** Takes the missing steps of a schema without opening its store. The pool is closed afterwards. */
export async function bringSchema(
  { pool, schema, lockWaitMs }: { pool: Pool; schema: string; lockWaitMs: number },
  world: World = realWorld,
): Promise<Taken> {
  const connections = new Connections(pool, { owned: true, world, waitMs: lockWaitMs });
  try {
    await checkServer(connections, 'process');
    return await migrate(connections, tablesOf(schema), world);
  } finally {
    await connections.close();
  }
}
