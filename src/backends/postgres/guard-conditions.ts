import type { Guard } from '../../contract/backend.ts';
import { checkGuard } from '../../contract/check-guard.ts';
import type { SessionState } from '../../model/state.ts';
import type { Tables } from './tables.ts';

/** The values of a statement, each with the `$n` under which its text names it. */
export class Values {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

/**
 * What a guard demands of the row `s`, as a part of `where`: checked against the newest row, which
 * is locked by then. The fence is in the row; that its lease has not run out is asked of the server.
 */
export function guardConditions(tables: Tables, guard: Guard, values: Values): string {
  const { ifRev, ifSessionId, fence } = guard;
  let sql = '';
  if (ifRev !== undefined) sql += ` and s.rev = ${values.add(ifRev)}`;
  if (ifSessionId !== undefined) sql += ` and s.session_id = ${values.add(ifSessionId)}`;
  if (fence !== undefined) {
    const mine = values.add(fence);
    sql += ` and s.turn = ${mine} and exists (select from ${tables.turns} t
      where t.key = s.key and t.fence = ${mine} and t.expires_at > clock_timestamp())`;
  }
  return sql;
}

/** A commit that waits for the row of its session waits no longer than this. Always true. */
export function waitsAtMost(lockWaitMs: number): string {
  return ` and set_config('lock_timeout', '${Math.max(1, lockWaitMs)}', true) is not null`;
}

/** Refuses what the guard does not allow in this state, as the contract says it. */
export function checkState(key: string, state: SessionState | undefined, guard: Guard): void {
  const running = state?.turn?.status === 'running' ? state.turn.fence : undefined;
  checkGuard(key, state, running, guard);
}
