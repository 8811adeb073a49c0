/** Conversations that begin, end and come back. Each of these steps loses a running turn. */
import type { Backend, Guard, ResetAsk } from '../../contract/backend.ts';
import { mayCreate, sessionGone } from '../../contract/check-guard.ts';
import type { Archive } from '../../model/state.ts';
import { changed, type PostgresContext, untilDone } from './context.ts';
import { createSession } from './create-session.ts';
import { escapeText, unescapeText } from './escape-json.ts';
import { checkState, guardConditions, Values, waitsAtMost } from './guard-conditions.ts';
import { afterLoss, losesTurn, nextConversation, PUT_AWAY, putAway } from './next-conversation.ts';
import { readState } from './read-state.ts';
import { removeSession } from './remove-session.ts';
import { conversationGone } from './session-errors.ts';
import { entryOf, type Row, stateColumns, tellColumn } from './session-row.ts';

type Verbs = Pick<Backend, 'reset' | 'archives' | 'restore' | 'remove'>;

export function archives(context: PostgresContext): Verbs {
  const { writes } = context;
  return {
    reset: (key, ask, guard) =>
      writes.run(key, guard.signal, () =>
        untilDone(context, key, guard.signal, async () => {
          const row = await resetRow(context, key, ask, guard);
          if (row) return afterLoss(context, row, 'reset');
          const state = await readState(context, key);
          checkState(key, state, guard);
          return state || !mayCreate(guard)
            ? undefined
            : createSession(context, key, { entry: {} });
        }),
      ),

    archives: (key) => readArchives(context, key),

    restore: (key, sessionId, guard) =>
      writes.run(key, guard.signal, () =>
        untilDone(context, key, guard.signal, async (tries) => {
          const row = await restoredRow(context, key, sessionId, guard);
          if (row) return afterLoss(context, row, 'restore');
          const state = await readState(context, key);
          checkState(key, state, guard);
          if (!state) throw sessionGone(key);
          if (state.sessionId === sessionId) return state;
          // A second look: the conversation may have been put away after the first one.
          if (tries > 1) throw conversationGone(key, sessionId);
          return undefined;
        }),
      ),

    remove: (key, guard) =>
      writes.run(key, guard.signal, () =>
        untilDone(context, key, guard.signal, () => removeSession(context, key, guard)),
      ),
  };
}

function resetRow(
  context: PostgresContext,
  key: string,
  ask: ResetAsk,
  guard: Guard,
): Promise<Row | undefined> {
  const { tables, world } = context;
  const values = new Values();
  const kept = (column: string): string => {
    if (ask.keep === 'all') return `old.${column}`;
    if (ask.keep === 'none') return `'{}'::jsonb`;
    const fields = values.add(ask.keep.map(escapeText));
    return `(select coalesce(jsonb_object_agg(f.key, f.value), '{}') from jsonb_each(old.${column}) f
      where f.key = any(${fields}::text[]))`;
  };
  const now = `${tables.now_ms}()`;
  const next = {
    first: '',
    reason: `${values.add(escapeText(ask.reason))}::text`,
    archivedAt: now,
    sessionId: `${values.add(world.newId())}::text`,
    beganAt: now,
    entry: kept('entry'),
    statics: kept('statics'),
    updatedAt: now,
    only: '',
  };
  return nextConversation(context, key, next, guard, values);
}

function restoredRow(
  context: PostgresContext,
  key: string,
  sessionId: string,
  guard: Guard,
): Promise<Row | undefined> {
  const { tables, settings } = context;
  const values = new Values();
  const keyed = values.add(key);
  const wanted = `${values.add(sessionId)}::text`;
  const guarded = guardConditions(tables, guard, values);
  const text = `with old as (
    select s.* from ${tables.sessions} s
    where s.key = ${keyed} and s.session_id <> ${wanted}${waitsAtMost(settings.lockWaitMs)}${guarded} for update
  ), back as (
    delete from ${tables.archives} a using old where a.key = old.key and a.session_id = ${wanted} returning a.*
  ), kept as (
    insert into ${tables.archives} (${PUT_AWAY}) ${putAway(`'restore'`, `${tables.now_ms}()`)} from old, back
  ), over as (
    delete from ${tables.turns} t using old, back where t.key = old.key
  ), s as (
    update ${tables.sessions} s set conversation = back.conversation, session_id = back.session_id,
      began_at = back.began_at, rev = old.rev + 1, entry = back.entry, statics = back.statics,
      updated_at = greatest(old.updated_at, ${tables.now_ms}()), touched_at = clock_timestamp(),
      last_seq = back.last_seq, leaf = back.leaf, former_leaf = back.former_leaf, bytes = back.bytes, turn = null
    from old, back where s.key = old.key returning s.*
  ) select ${stateColumns(tables)}, ${losesTurn(context, 'restore')}, ${tellColumn(tables, 'restore')} from s, old`;
  return changed(context, { what: 'restore', text, writes: true }, values.list, key);
}

async function readArchives(context: PostgresContext, key: string): Promise<Archive[]> {
  const { connections, tables, statics } = context;
  const text = `select a.session_id, a.entry::text as entry, a.statics::text as statics, a.reason, a.began_at,
    a.archived_at, a.bytes from ${tables.archives} a where a.key = $1 order by a.place desc`;
  const rows = await connections.run(
    { what: 'read the archives', text, writes: false },
    [key],
    key,
  );
  return Promise.all(
    rows.map(async (row) =>
      Object.freeze({
        sessionId: row.session_id as string,
        entry: await entryOf(row, statics, key),
        reason: unescapeText(row.reason as string),
        createdAt: Number(row.began_at),
        archivedAt: Number(row.archived_at),
        bytes: Number(row.bytes),
      }),
    ),
  );
}
