/**
 * One record, in one statement: the row of the session gives it its place and its parent, and tells
 * where the next one goes. An id that was seen before is found by the index of the records.
 */
import type { AppendAsk, Guard } from '../../contract/backend.ts';
import { mayCreate } from '../../contract/check-guard.ts';
import { HoldfastError } from '../../model/errors.ts';
import { sameRecord } from '../../model/record.ts';
import type { NewRecord, TranscriptRecord } from '../../model/state.ts';
import { changed, type PostgresContext, untilDone } from './context.ts';
import { newSession } from './create-session.ts';
import { serverCode } from './failure.ts';
import { checkState, guardConditions, Values, waitsAtMost } from './guard-conditions.ts';
import { readState } from './read-state.ts';
import { RECORD_COLUMNS, recordOf } from './record-row.ts';
import { type Row, tellColumn } from './session-row.ts';

/** What does not depend on the session. */
interface Prepared {
  record: NewRecord;
  id: string;
  /** Given by the caller: it may have been seen before. */
  given: boolean;
  text: string;
}

export function appendRecord(
  context: PostgresContext,
  key: string,
  record: NewRecord,
  ask: AppendAsk,
  guard: Guard,
): Promise<TranscriptRecord> {
  const { parentId: _parent, timestamp: _time, ...content } = record;
  const prepared: Prepared = {
    record,
    id: ask.id ?? context.world.newId(),
    given: ask.id !== undefined,
    text: JSON.stringify(content),
  };
  return context.writes.run(key, guard.signal, () =>
    untilDone(context, key, guard.signal, async () => {
      const row = await appended(context, key, prepared, guard);
      if (row) return recordOf(row);
      const state = await readState(context, key);
      checkState(key, state, guard);
      if (!state) {
        if (!mayCreate(guard)) return undefined;
        const first = await created(context, key, prepared);
        return first && recordOf(first);
      }
      return prepared.given ? repeated(context, key, prepared) : undefined;
    }),
  );
}

/** Below the newest record, unless the record says otherwise. */
async function appended(
  context: PostgresContext,
  key: string,
  prepared: Prepared,
  guard: Guard,
): Promise<Row | undefined> {
  const { tables, settings } = context;
  const values = new Values();
  const keyed = values.add(key);
  const id = `${values.add(prepared.id)}::text`;
  const leaf = leafAfter(context, prepared, id, values);
  const unseen = prepared.given
    ? ` and not exists (select from ${tables.records} r where r.conversation = s.conversation and r.id = ${id})`
    : '';
  const guarded = guardConditions(tables, guard, values);
  const text = `with s as (
    update ${tables.sessions} s set last_seq = s.last_seq + 1, former_leaf = s.leaf, leaf = ${leaf},
      bytes = s.bytes + ${values.add(bytesOf(prepared))}, touched_at = clock_timestamp()
    where s.key = ${keyed}${waitsAtMost(settings.lockWaitMs)}${unseen}${guarded}
    returning s.*
  ), r as (${insertion(context, prepared, id, values)})
  select ${RECORD_COLUMNS}, ${tellColumn(tables, 'append')} from r, s`;
  try {
    return await changed(
      context,
      { what: 'append a record', text, writes: true },
      values.list,
      key,
    );
  } catch (error) {
    // Somebody appended the same id between our look and our lock; nothing of ours was kept.
    if (serverCode((error as HoldfastError).cause) === '23505') return undefined;
    throw error;
  }
}

/** The first record of a session that it brings into being. */
function created(
  context: PostgresContext,
  key: string,
  prepared: Prepared,
): Promise<Row | undefined> {
  const { tables } = context;
  const values = new Values();
  const session = newSession(context, key, { entry: {} }, values, {
    lastSeq: 1,
    leaf: firstLeaf(prepared),
    bytes: bytesOf(prepared),
  });
  const id = `${values.add(prepared.id)}::text`;
  const text = `with ${session}, r as (${insertion(context, prepared, id, values)})
    select ${RECORD_COLUMNS}, ${tellColumn(tables, 'append')} from r, s`;
  return changed(context, { what: 'append a record', text, writes: true }, values.list, key);
}

function insertion(
  { tables }: PostgresContext,
  { record, text }: Prepared,
  id: string,
  values: Values,
): string {
  const { parentId, timestamp } = record;
  const parent = parentId === undefined ? 's.former_leaf' : `${values.add(parentId)}::text`;
  const at =
    timestamp === undefined
      ? `to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
      : `${values.add(timestamp)}::text`;
  return `insert into ${tables.records} as r (conversation, seq, id, parent_id, at, record)
    select s.conversation, s.last_seq, ${id}, ${parent}, ${at}, ${values.add(text)}::json from s
    returning r.seq, r.id, r.parent_id, r.at, r.record`;
}

/**
 * Where the next record goes: below this one, but for what other programs write beside it. A `leaf`
 * row moves the leaf to a record that exists, and a row of the mode `side` leaves it alone.
 */
function leafAfter(
  { tables }: PostgresContext,
  { record }: Prepared,
  id: string,
  values: Values,
): string {
  if (record.type !== 'leaf') return record.appendMode === 'side' ? 's.leaf' : id;
  const target: unknown = record.appendParentId ?? record.targetId;
  if (target === null) return 'null';
  if (typeof target !== 'string' || /\p{Control}|\p{Surrogate}/u.test(target)) return 's.leaf';
  const named = `${values.add(target)}::text`;
  return `case when exists (select from ${tables.records} r where r.conversation = s.conversation and r.id = ${named})
    then ${named} else s.leaf end`;
}

/** The leaf after the first record, which finds no other. */
function firstLeaf({ record, id }: Prepared): string | null {
  return record.type === 'leaf' || record.appendMode === 'side' ? null : id;
}

/** The record that was appended under this id, if it says the same. */
async function repeated(
  { connections, tables }: PostgresContext,
  key: string,
  { id, record }: Prepared,
): Promise<TranscriptRecord | undefined> {
  const text = `select ${RECORD_COLUMNS} from ${tables.sessions} s
    join ${tables.records} r on r.conversation = s.conversation and r.id = $2 where s.key = $1`;
  const statement = { what: 'look for a record', text, writes: false };
  const [row] = await connections.run(statement, [key, id], key);
  if (!row) return undefined;
  const first = recordOf(row);
  if (sameRecord(first, record)) return first;
  throw new HoldfastError(
    'INVALID_ENTRY',
    `Session ${JSON.stringify(key)} has another record with the id ${JSON.stringify(id)}. Give a new record a new id.`,
    { key },
  );
}

/** Bytes of the record as a JSON line, but for what the store adds. */
function bytesOf({ text }: Prepared): number {
  return Buffer.byteLength(text) + 1;
}
