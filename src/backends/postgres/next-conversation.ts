/** Conversations that follow one another: what is put away and what becomes active, in one statement. */
import type { Guard } from '../../contract/backend.ts';
import type { SessionState } from '../../model/state.ts';
import { changed, type PostgresContext, remembered } from './context.ts';
import { guardConditions, type Values, waitsAtMost } from './guard-conditions.ts';
import { type Row, stateColumns, tellColumn } from './session-row.ts';
import { headerOf } from './transcript-header.ts';

/** What the new conversation is, each as SQL; `old` is the row of the session before. */
export interface Next {
  /** What else the statement does first; empty or `name as (...), `. */
  first: string;
  reason: string;
  archivedAt: string;
  sessionId: string;
  beganAt: string;
  entry: string;
  statics: string;
  updatedAt: string;
  /** A further condition on the row `s`; empty or ` and ...`. */
  only: string;
}

/** The row of the session afterwards; nothing when there is none that the guard lets pass. */
export function nextConversation(
  context: PostgresContext,
  key: string,
  next: Next,
  guard: Guard,
  values: Values,
): Promise<Row | undefined> {
  const { tables, settings } = context;
  const keyed = values.add(key);
  const guarded = guardConditions(tables, guard, values);
  const text = `with ${next.first}old as (
    select s.* from ${tables.sessions} s where s.key = ${keyed}${waitsAtMost(settings.lockWaitMs)}${next.only}${guarded} for update
  ), away as (
    insert into ${tables.archives} (${PUT_AWAY}) ${putAway(next.reason, next.archivedAt)} from old
  ), over as (
    delete from ${tables.turns} t using old where t.key = old.key
  ), s as (
    update ${tables.sessions} s set conversation = nextval('${tables.conversation_numbers}'), session_id = ${next.sessionId},
      began_at = ${next.beganAt}, rev = old.rev + 1, entry = ${next.entry}, statics = ${next.statics},
      updated_at = greatest(old.updated_at, ${next.updatedAt}), touched_at = clock_timestamp(),
      last_seq = 0, leaf = null, former_leaf = null, bytes = 0, turn = null
    from old where s.key = old.key returning s.*
  ), ${headerOf(tables)} select ${stateColumns(tables)}, ${losesTurn(context, 'reset')}, ${tellColumn(tables, 'reset')} from s, old`;
  return changed(context, { what: 'reset', text, writes: true }, values.list, key);
}

/** A former conversation's columns. */
export const PUT_AWAY = `key, session_id, conversation, entry, statics, reason, began_at, archived_at, last_seq, leaf, former_leaf, bytes`;

/** Where they come from. */
export function putAway(reason: string, archivedAt: string): string {
  return `select old.key, old.session_id, old.conversation, old.entry, old.statics, ${reason}, old.began_at,
    ${archivedAt}, old.last_seq, old.leaf, old.former_leaf, old.bytes`;
}

/** Tells the process whose turn is over. */
export function losesTurn({ tables }: PostgresContext, reason: string): string {
  return `old.turn as former_turn,
    case when old.turn is not null then ${tables.tell_turn}(old.key, 'lost', old.turn, '${reason}') end as lost`;
}

/** The state of a row whose turn, if there was one, is over. */
export async function afterLoss(
  context: PostgresContext,
  row: Row,
  reason: string,
): Promise<SessionState> {
  if (row.former_turn != null) {
    context.turnLost(row.key as string, Number(row.former_turn), reason);
  }
  return remembered(context, row);
}
