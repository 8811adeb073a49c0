import type { Past } from '../../contract/backend.ts';
import type { JsonObject } from '../../model/json.ts';
import { agentOf, channelOf } from '../../model/session-key.ts';
import type { Entry, SessionState } from '../../model/state.ts';
import { changed, type PostgresContext, remembered } from './context.ts';
import { Values } from './guard-conditions.ts';
import { jsonb, type Row, stateColumns, tellColumn } from './session-row.ts';
import { keepStatics } from './static-rows.ts';
import { headerOf } from './transcript-header.ts';

export interface Creation {
  entry: Readonly<Entry>;
  /** What another program knew of it. */
  past?: Past;
}

/** What the row of a session says of a record that comes with it. */
export interface FirstRecord {
  lastSeq: number;
  leaf: string | null;
  bytes: number;
}

const NO_RECORD: FirstRecord = { lastSeq: 0, leaf: null, bytes: 0 };

/** Creates a session, at revision 1 unless it has a past; `undefined` when somebody else did. */
export async function createSession(
  context: PostgresContext,
  key: string,
  creation: Creation,
): Promise<SessionState | undefined> {
  const values = new Values();
  const { tables } = context;
  const text = `with ${newSession(context, key, creation, values)}
    select ${stateColumns(tables)}, ${tellColumn(tables, 'update')} from s`;
  const row: Row | undefined = await changed(
    context,
    { what: 'create the session', text, writes: true },
    values.list,
    key,
  );
  return row && remembered(context, row);
}

/** The part of `with` that inserts the row `s` of a new session. */
export function newSession(
  { tables, world, statics }: PostgresContext,
  key: string,
  { entry, past }: Creation,
  values: Values,
  { lastSeq, leaf, bytes }: FirstRecord = NO_RECORD,
): string {
  const placed = statics.place(key, entry as JsonObject);
  const kept = keepStatics(tables, placed.texts, values);
  const createdAt = past ? `${values.add(past.createdAt)}::bigint` : 'moment.ms';
  const given = [
    `${values.add(key)}::text`,
    `${values.add(agentOf(key))}::text`,
    `${values.add(channelOf(key) ?? null)}::text`,
    `nextval('${tables.conversation_numbers}')`,
    `${values.add(past?.sessionId ?? world.newId())}::text`,
    past?.beganAt === undefined ? createdAt : `${values.add(past.beganAt)}::bigint`,
    `${values.add(past?.rev ?? 1)}::bigint`,
    `${values.add(jsonb(placed.inline))}::jsonb`,
    `${values.add(jsonb(placed.hashes))}::jsonb`,
    createdAt,
    past ? `${values.add(past.updatedAt)}::bigint` : 'moment.ms',
    `${values.add(lastSeq)}::bigint`,
    `${values.add(leaf)}::text`,
    `${values.add(bytes)}::bigint`,
  ];
  return `${kept}moment as materialized (select ${tables.now_ms}() as ms), s as (
    insert into ${tables.sessions} as s (key, agent_id, key_channel, conversation, session_id, began_at,
      rev, entry, statics, created_at, updated_at, last_seq, leaf, bytes)
    select ${given.join(', ')} from moment
    on conflict (key) do nothing
    returning s.*
  ), ${headerOf(tables)}`;
}
