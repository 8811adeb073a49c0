import { HoldfastError } from '../../model/errors.ts';
import type { Connections } from './connections.ts';

/** The oldest version that is supported: 15. */
const VERSION_MIN = 150_000;

/** Refuses a server on which a store could not keep its word. */
export async function checkServer(
  connections: Connections,
  durability: 'process' | 'power',
): Promise<void> {
  const text = `select current_setting('server_version_num') as version, current_setting('server_version') as name,
    current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
    current_setting('full_page_writes') as pages, current_setting('synchronous_commit') as commits`;
  const statement = { what: 'ask for the settings of the server', text, writes: false };
  const [row = {}] = await connections.run(statement, []);
  if (Number(row.version) < VERSION_MIN) {
    refuse(`the server is PostgreSQL ${row.name}, and 15 or newer is needed`);
  }
  if (row.encoding !== 'UTF8') {
    refuse(`the database is encoded as ${row.encoding}; create one with encoding UTF8`);
  }
  if (durability === 'process') return;
  for (const [setting, value] of Object.entries({
    fsync: row.fsync,
    full_page_writes: row.pages,
    synchronous_commit: row.commits,
  })) {
    if (value === 'off')
      refuse(`durability 'power' was asked for, and the server has ${setting} = off`);
  }
}

function refuse(why: string): never {
  throw new HoldfastError('STORE_UNSUPPORTED', `This server can not hold the store: ${why}.`);
}
