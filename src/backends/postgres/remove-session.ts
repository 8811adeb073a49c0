import type { Guard } from '../../contract/backend.ts';
import type { PostgresContext } from './context.ts';
import { changed } from './context.ts';
import { checkState } from './guard-conditions.ts';
import { readState } from './read-state.ts';

/**
 * Removes the session that was looked at, if it is still that one; `undefined` when it was not. Its
 * records are deleted afterwards, a few at a time, and are nobody's until then.
 */
export async function removeSession(
  context: PostgresContext,
  key: string,
  guard: Guard,
): Promise<boolean | undefined> {
  const state = await readState(context, key);
  if (!state) return false;
  checkState(key, state, guard);
  const text = `select former_turn from ${context.tables.remove_session}($1, $2, $3, $4)`;
  const values = [key, state.rev, state.sessionId, guard.fence ?? null];
  const row = await changed(context, { what: 'remove', text, writes: true }, values, key);
  if (!row) return undefined;
  context.latest.forget(key);
  if (row.former_turn !== null) context.turnLost(key, Number(row.former_turn), 'remove');
  context.clearAway();
  return true;
}
