import type { Values } from './guard-conditions.ts';
import type { Tables } from './tables.ts';

/** A part of `with` that stores large values beside the row that refers to them. */
export function keepStatics(
  tables: Tables,
  texts: ReadonlyMap<string, string>,
  values: Values,
): string {
  if (texts.size === 0) return '';
  const hashes = values.add([...texts.keys()]);
  const jsons = values.add([...texts.values()]);
  return `kept as (
    insert into ${tables.statics} (hash, value)
    select v.hash, v.value::json from unnest(${hashes}::text[], ${jsons}::text[]) as v(hash, value)
    on conflict (hash) do nothing
  ), `;
}
