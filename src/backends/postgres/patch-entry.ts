import type { CheckedPatch, Guard } from '../../contract/backend.ts';
import { LIMITS } from '../../model/limits.ts';
import { setField } from '../../model/plain-object.ts';
import type { Statement } from './connections.ts';
import type { PostgresContext } from './context.ts';
import { escapeText } from './escape-json.ts';
import { guardConditions, Values, waitsAtMost } from './guard-conditions.ts';
import { jsonb, stateColumns, tellColumn } from './session-row.ts';

/**
 * JSON text takes at most six bytes for what jsonb keeps in one; entries that are larger than this
 * are measured exactly, by the slower way.
 */
const SURELY_SMALL = Math.floor(LIMITS.entryBytesMax / 6);

/** A patch as one statement. No row: it changed nothing, or the guard or the size forbids it. */
export function patchEntry(
  { tables, settings }: PostgresContext,
  key: string,
  patch: CheckedPatch,
  guard: Guard,
): [Statement, readonly unknown[]] {
  const set: Record<string, unknown> = {};
  const unset: string[] = [];
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) unset.push(escapeText(field));
    else setField(set, field, value);
  }
  const values = new Values();
  const keyed = values.add(key);
  const added = `s.entry || ${values.add(jsonb(set))}::jsonb`;
  const entry = unset.length === 0 ? added : `(${added}) - ${values.add(unset)}::text[]`;
  const named = `${values.add([...Object.keys(set).map(escapeText), ...unset])}::text[]`;
  const guarded = guardConditions(tables, guard, values);
  const text = `with s as (
    update ${tables.sessions} s set entry = ${entry}, statics = s.statics - ${named}, rev = s.rev + 1,
      updated_at = greatest(s.updated_at, ${tables.now_ms}()), touched_at = clock_timestamp()
    where s.key = ${keyed}${waitsAtMost(settings.lockWaitMs)}
      and (${entry} <> s.entry or s.statics ?| ${named}) and pg_column_size(${entry}) < ${SURELY_SMALL}${guarded}
    returning s.*
  ) select ${stateColumns(tables)}, ${tellColumn(tables, 'update')} from s`;
  return [{ what: 'update the entry', text, writes: true }, values.list];
}
