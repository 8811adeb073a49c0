import type { SessionState } from '../../model/state.ts';
import type { Statement } from './connections.ts';
import { type PostgresContext, remembered } from './context.ts';
import { stateColumns } from './session-row.ts';
import type { Tables } from './tables.ts';

const statements = new WeakMap<Tables, Statement>();

/** The newest state: one indexed query. */
export async function readState(
  context: PostgresContext,
  key: string,
): Promise<SessionState | undefined> {
  const { connections, tables, latest } = context;
  let statement = statements.get(tables);
  if (!statement) {
    statement = {
      what: 'read the state',
      text: `select ${stateColumns(tables)} from ${tables.sessions} s where s.key = $1`,
      writes: false,
    };
    statements.set(tables, statement);
  }
  const [row] = await connections.run(statement, [key], key);
  if (row) return remembered(context, row);
  latest.forget(key);
  return undefined;
}
