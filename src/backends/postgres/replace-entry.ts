import type { Guard } from '../../contract/backend.ts';
import type { Applied } from '../../model/patch.ts';
import type { SessionState } from '../../model/state.ts';
import { changed, type PostgresContext, remembered } from './context.ts';
import { escapeText } from './escape-json.ts';
import { guardConditions, Values, waitsAtMost } from './guard-conditions.ts';
import { jsonb, stateColumns, tellColumn } from './session-row.ts';
import { keepStatics } from './static-rows.ts';

/** What was computed from a state, if that state is still the newest; `undefined` when it is not. */
export async function replaceEntry(
  context: PostgresContext,
  state: SessionState,
  { set = {}, unset = [] }: Applied,
  guard: Guard,
): Promise<SessionState | undefined> {
  const { tables, settings, statics } = context;
  const { key, rev, sessionId, createdAt } = state;
  const placed = statics.place(key, set);
  const values = new Values();
  const keyed = values.add(key);
  const kept = keepStatics(tables, placed.texts, values);
  const inline = `${values.add(jsonb(placed.inline))}::jsonb`;
  const removed = `${values.add([...unset, ...Object.keys(placed.hashes)].map(escapeText))}::text[]`;
  const hashes = `${values.add(jsonb(placed.hashes))}::jsonb`;
  const former = `${values.add([...unset, ...Object.keys(set)].map(escapeText))}::text[]`;
  const same = ` and s.rev = ${values.add(rev)} and s.session_id = ${values.add(sessionId)} and s.created_at = ${values.add(createdAt)}`;
  const guarded = guardConditions(tables, guard, values);
  const text = `with ${kept}s as (
    update ${tables.sessions} s set entry = (s.entry || ${inline}) - ${removed},
      statics = (s.statics - ${former}) || ${hashes}, rev = s.rev + 1,
      updated_at = greatest(s.updated_at, ${tables.now_ms}()), touched_at = clock_timestamp()
    where s.key = ${keyed}${waitsAtMost(settings.lockWaitMs)}${same}${guarded}
    returning s.*
  ) select ${stateColumns(tables)}, ${tellColumn(tables, 'update')} from s`;
  const statement = { what: 'update the entry', text, writes: true };
  const row = await changed(context, statement, values.list, key);
  return row && remembered(context, row);
}
